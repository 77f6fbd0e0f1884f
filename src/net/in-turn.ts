import { unexpected } from './guard.js';
import { Signal } from './signal.js';

/** How long what is done one after the other may hold the event loop in one turn, in ms. */
const TURN = 10;
/** At most 256 items of many are taken one after the other before it is looked how long that has taken. */
const TOGETHER = 256;

/**
 * Does very much one after the other, a few milliseconds of it in each turn of the event loop. Thousands of clients can
 * come in the same moment, and a handshake of TLS, or a request of HTTP, is Node's own work of up to a millisecond; what
 * was on its way to a node that has died comes back for tens of thousands of users. Without it everybody else waits for
 * as long as all of it takes.
 */
export class InTurn {
  private waiting: (() => void)[] = [];
  private isBusy = false;
  private readonly idle = new Signal();
  private readonly where: string;

  /** @param where it was, for an error that nobody expects */
  constructor(where = 'a client that comes in') {
    this.where = where;
  }

  /** Calls this soon, after all that were added before. An error that it throws is told as unexpected. */
  add(enter: () => void): void {
    this.waiting.push(enter);
    if (this.isBusy) return;
    this.isBusy = true;
    setImmediate(this.turn);
  }

  /** Calls `work` for each of these soon, after all that were added before: for very many at less cost than `add`. */
  addEach<T>(items: readonly T[], work: (item: T) => void): void {
    for (let from = 0; from < items.length; from += TOGETHER)
      this.add(() => {
        for (const item of items.slice(from, from + TOGETHER)) this.attempt(() => work(item));
      });
  }

  /** Resolves when nothing waits for its turn. */
  async done(): Promise<void> {
    while (this.isBusy) await this.idle.next();
  }

  private readonly turn = async (): Promise<void> => {
    const end = performance.now() + TURN;
    let served = 0;
    do {
      this.attempt(this.waiting[served++]);
      // Node reads the bytes that a socket has in the next tick.
      await new Promise<void>(process.nextTick);
    } while (served < this.waiting.length && performance.now() < end);
    this.waiting = this.waiting.slice(served);
    this.isBusy = this.waiting.length > 0;
    if (this.isBusy) setImmediate(this.turn);
    else this.idle.tell();
  };

  private attempt(work?: () => void): void {
    try {
      work?.();
    } catch (error) {
      unexpected(error, this.where);
    }
  }
}
