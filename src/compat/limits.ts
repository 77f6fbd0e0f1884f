/** What bounds every wait for a server, and what of it is kept: whatever it does, nothing here waits or grows for ever. */
export interface Limits {
  /** How long an answer, a message or the end of a connection may take, in milliseconds. */
  readonly answer: number;
  /** The most bytes of a server that are kept unread. */
  readonly most: number;
}

/** What is used unless something else is said. */
export const LIMITS: Limits = { answer: 60_000, most: 1 << 25 };
