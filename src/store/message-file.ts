/** A message in a file, under a number that says when it came. */
export interface FiledMessage {
  readonly number: number;
  readonly userid: number;
  readonly bytes: Buffer;
}

/** A file of messages that survives a kill -9, and belongs to one process at a time. */
export interface MessageFile {
  /** As a person knows it. */
  readonly path: string;
  /** The highest number in it; 0 when it is empty. */
  readonly last: number;
  /** How many messages are in it. */
  readonly count: number;
  /** Adds messages and takes out others by their numbers: all of it or nothing. Throws StoreUnavailable. */
  change(added: Iterable<FiledMessage>, removed: Iterable<number>): void;
  /**
   * Those with the lowest numbers above `number`, in their order: at most `most`, and fewer where they are long, but one
   * if there is any; all there are where `most` is negative.
   */
  after(number: number, most: number): FiledMessage[];
  /** No call may follow. */
  close(): void;
}
