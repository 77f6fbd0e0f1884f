/** How long the input of one connection may hold the event loop before others have their turn, in ms. */
const SLICE = 2;
/** How long the input that was put off may hold it in one turn, over all connections, in ms. */
const TURN = 10;
/** A read of fewer bytes than this, with one message in it, is handled without looking at the clock. */
const SHORT = 2048;

/** After 64 short reads the clock is looked at. */
const MANY = 64;

/** A connection that has input to handle. */
export interface Worker {
  /** Handles input until there is none, or `Turns.isOver`. */
  work(): void;
}

/**
 * Shares the event loop among connections: one that sends more than can be handled in its slice of time is put off
 * until all others have been served. Without it one client could hold up everybody for as long as a read of its takes.
 */
export class Turns {
  private waiting: Worker[] = [];
  private scheduled = false;
  /** When the slice ends that has begun, and when the turn ends; 0 when none has. */
  private sliceEnd = 0;
  private turnEnd = 0;
  private shortReads = 0;
  /** When short reads have held the event loop for a turn; 0 while there were few. */
  private shortEnd = 0;
  private isCrowd = false;
  private readonly now: () => number;

  /** @param now the clock, in ms; one that stands still puts nothing off */
  constructor(now = () => performance.now()) {
    this.now = now;
  }

  /** Whether a read of `bytes` may be handled now. If not, it has to be put off. */
  begin(bytes: number): boolean {
    this.sliceEnd = 0;
    return bytes < SHORT ? this.beginShort() : !this.isOver();
  }

  /** Thousands of clients that come in the same moment send little each, and all of it arrives in one turn. */
  private beginShort(): boolean {
    this.shortReads++;
    if (this.shortReads % MANY === 0) {
      const now = this.now();
      if (this.shortEnd === 0) this.shortEnd = now + TURN;
      this.isCrowd = now >= this.shortEnd;
      this.schedule();
    }
    return !this.isCrowd;
  }

  /** Whether the connection that is being served has used up its slice. It is asked only where there is more to do. */
  isOver(): boolean {
    const now = this.now();
    if (this.turnEnd === 0) {
      this.turnEnd = now + TURN;
      this.schedule();
    }
    if (this.sliceEnd === 0) this.sliceEnd = now + SLICE;
    return now >= this.sliceEnd || now >= this.turnEnd;
  }

  /** The connection is served again when all others that wait have been. */
  putOff(worker: Worker): void {
    this.waiting.push(worker);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    this.scheduled = false;
    this.turnEnd = 0;
    this.shortEnd = 0;
    this.isCrowd = false;
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    let served = 0;
    do {
      this.sliceEnd = 0;
      waiting[served++]?.work();
    } while (served < waiting.length && !this.isOver());
    // Connections that have not been served go before those that have been, and were put off again.
    this.waiting = [...waiting.slice(served), ...this.waiting];
    this.turnEnd = 0;
    this.sliceEnd = 0;
    if (this.waiting.length > 0) this.schedule();
  };
}
