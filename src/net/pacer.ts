/** No message shall wait a second for the pace; some of that is left for timers that come late. In ms. */
const LONGEST_WAIT = 900;
/** Timers are no finer than this, in ms: under it, several messages share a write. */
const FINEST = 1;

/** A write that the network has not taken for so long waits for its reader, in ms. */
const TAKING = 200;

/**
 * Keeps a gap between the writes to one client (DIFFERENCES 12). It shrinks while the queue is so long that
 * the last message would wait too long, and is back once the queue is empty.
 */
export class Pacer {
  private gap: number;
  private lastWrite = Number.NEGATIVE_INFINITY;
  /** When the message that was queued last is to be written. */
  private due = 0;

  private readonly pace: number;

  /** @param pace the full gap, in ms */
  constructor(pace: number) {
    this.pace = pace;
    this.gap = pace;
  }

  /** Whether the last write is so young that the network may still take it. */
  get isFresh(): boolean {
    return performance.now() - this.lastWrite < Math.max(2 * this.gap, TAKING);
  }

  /** A message was queued. */
  queued(): void {
    this.due = performance.now() + LONGEST_WAIT;
  }

  /** How long, in ms, the next of so many waiting messages has to wait; 0 when it may be written now. */
  rest(waiting: number): number {
    const now = performance.now();
    // Late timers are made up for gently: a reader must not get everything at once.
    this.gap = Math.min(this.gap, Math.max(this.due - now, LONGEST_WAIT / 2) / waiting);
    const rest = Math.round(this.lastWrite + Math.max(this.gap, FINEST) - now);
    return Math.max(0, rest);
  }

  /** How many messages go into the next write. */
  get share(): number {
    return this.gap < FINEST ? Math.ceil(FINEST / this.gap) : 1;
  }

  /** A write was made, and so many messages still wait. */
  wrote(waiting: number): void {
    this.lastWrite = performance.now();
    if (waiting === 0) this.gap = this.pace;
  }
}
