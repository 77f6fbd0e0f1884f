/** A connection of somebody who takes part. */
export interface Way {
  /** Resolves when it is over, and everything that came was seen. */
  readonly closed: Promise<void>;
  readonly isOpen: boolean;
  /** Sends documents. Resolves when there is room for more, or the connection is over. */
  write(documents: readonly string[]): Promise<void>;
  /** Logs in. Resolves with the errno of the reply; undefined when the connection ends before it comes. */
  login(id: number): Promise<number | undefined>;
  /** True when everything sent before was handled, false when the connection ends before that is known. */
  barrier(): Promise<boolean>;
  /** Stops to read, and goes on. */
  pause(): void;
  resume(): void;
  /** Leaves as its kind of client does. Resolves when nothing more will be seen. */
  end(): Promise<void>;
  destroy(): void;
}
