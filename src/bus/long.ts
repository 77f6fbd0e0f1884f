import { setImmediate as turn } from 'node:timers/promises';
import { unexpected } from '../net/guard.js';

/** How long the parts of a long work may hold the event loop in one turn, in ms. */
const TURN = 10;

/** A work; a long one returns an iterator, and does one part of itself at each of its steps. */
export type Work = () => Iterator<void> | void;

/**
 * A long work that is under way, and all that is to be done behind it, in the order in which that came: some parts in
 * each turn of the event loop. An error ends only the work in which it happens.
 */
export class Long {
  private readonly waiting: Work[] = [];
  private readonly all: Promise<void>;
  private readonly where: string;
  private readonly onDone: () => void;

  /**
   * @param first of which one part has been done in this turn
   * @param where it was, for an error that nobody expects
   * @param onDone called when all is done: nothing may be added any more
   */
  constructor(first: Iterator<void>, where: string, onDone: () => void) {
    this.where = where;
    this.onDone = onDone;
    this.all = this.goOn(first);
  }

  /** Does this behind all that was added before. */
  add(work: Work): void {
    this.waiting.push(work);
  }

  /** Resolves when all is done. */
  done(): Promise<void> {
    return this.all;
  }

  private async goOn(first: Iterator<void>): Promise<void> {
    await turn();
    let end = performance.now() + TURN;
    let next = 0;
    for (let rest: Iterator<void> | void = first; rest || next < this.waiting.length; ) {
      rest = rest ? this.attempt(rest) : this.attempt(this.waiting[next++]);
      if (performance.now() < end) continue;
      await turn();
      end = performance.now() + TURN;
    }
    // In the same turn as the last look at what waits: else something could be added that nobody does.
    this.onDone();
  }

  /** Does a work, or the next part of it. Returns the rest, if there is one. */
  private attempt(work: Iterator<void> | Work | undefined): Iterator<void> | void {
    try {
      if (typeof work === 'function') return work();
      if (work?.next().done === false) return work;
    } catch (error) {
      unexpected(error, this.where);
    }
  }
}
