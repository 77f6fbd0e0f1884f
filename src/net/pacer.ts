/** No message shall wait a second for the pace; some of that is left for timers that come late. In ms. */
const LONGEST_WAIT = 900;
/** Timers are no finer than this, in ms: under it, several messages share a write. */
const FINEST = 1;

/** With a gap of at least 4 ms, or of the full pace, the queue is short enough to look at the reader each time. */
const UNHURRIED = 4;
/** How much longer a message may wait where looking is slow because the machine is busy, in ms. */
const LOOKING = 2000;

/** A write that the network has not taken for this time waits for its reader, in ms. */
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
  /** When the next write was to be made. */
  private planned = Number.POSITIVE_INFINITY;

  private readonly pace: number;
  private readonly now: () => number;

  /**
   * @param pace the full gap, in ms
   * @param now the clock, in ms
   */
  constructor(pace: number, now = () => performance.now()) {
    this.gap = pace;
    this.pace = pace;
    this.now = now;
  }

  /** Whether the last write is so young that the network may still take it. */
  get isFresh(): boolean {
    return this.now() - this.lastWrite < Math.max(2 * this.gap, TAKING);
  }

  /** A message was queued. */
  queued(): void {
    this.due = this.now() + LONGEST_WAIT;
  }

  /** How long, in ms, the next of `waiting` messages has to wait; 0 when it may be written now. */
  rest(waiting: number): number {
    const now = this.now();
    // Late timers are made up for gently: a reader must not get everything at once.
    this.gap = Math.min(this.gap, Math.max(this.due - now, LONGEST_WAIT / 2) / waiting);
    const rest = Math.max(0, Math.round(this.lastWrite + Math.max(this.gap, FINEST) - now));
    if (rest > 0) this.planned = now + rest;
    return rest;
  }

  /** Whether there is time to look if the reader has read the last message: not in a long queue, nor for ever. */
  get mayLook(): boolean {
    return this.gap >= Math.min(this.pace, UNHURRIED) && this.now() < this.due + LOOKING;
  }

  /**
   * How many messages go into the next write. Where messages share writes, those go along that a late timer has held
   * up.
   */
  get share(): number {
    if (this.gap >= FINEST) return 1;
    const late = Math.max(0, this.now() - this.planned);
    return Math.ceil((FINEST + late) / this.gap);
  }

  /** A write was made, and `waiting` messages still wait. */
  wrote(waiting: number): void {
    this.lastWrite = this.now();
    this.planned = Number.POSITIVE_INFINITY;
    if (waiting === 0) this.gap = this.pace;
  }
}
