/** A message on its way to one user or several: whoever holds it tells it what became of it. */
export interface Letter {
  readonly bytes: Buffer;
  /** Told once per user: the message has left for it, is stored, or can never be. */
  done(userid: number): void;
}

/** What a kept message costs in memory besides its bytes, in bytes: measured as RSS, for small messages. */
export const OVERHEAD = 300;

/** What it costs to keep this message, in bytes. */
export function costOf(letter: Letter): number {
  return letter.bytes.length + OVERHEAD;
}
