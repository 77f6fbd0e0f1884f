/**
 * The bounds of every wait for a server, and of its output that is kept: whatever it does, nothing waits or grows for
 * ever.
 */
export interface Limits {
  /** How long an answer, a message or the end of a connection may take, in milliseconds. */
  readonly answer: number;
  /** The most bytes of a server that are kept unread. */
  readonly most: number;
}

/**
 * An awaited document may come behind others, which take so many times as long as an answer may at most. Without this a
 * server that always says something else would be heard for ever.
 */
export const BEHIND = 12;

/** The bounds unless others are given. */
export const LIMITS: Limits = { answer: 60_000, most: 1 << 25 };
