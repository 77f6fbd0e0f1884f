import type { Dialect, Framing } from './dialect.js';

/** Bytes that stand around a document. */
const FRAME: Readonly<Record<Framing, number>> = { none: 0, nul: 1, lf: 1, length: 4 };

/**
 * The longest reply that clients can take in one read, in bytes: one byte of their buffer is their own
 * (DIFFERENCES 13, 22). Undefined when there is no limit.
 *
 * @param buffer what they read at once, 0 for no limit; undefined: as the dialect says
 */
export function roomInRead(dialect: Dialect, buffer = dialect.buffer): number | undefined {
  if (buffer === undefined || buffer === 0) return undefined;
  return buffer - 1 - FRAME[dialect.framing.out];
}
