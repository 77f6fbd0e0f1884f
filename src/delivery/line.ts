import { costOf, type Letter } from '../bus/letter.js';
import { Signal } from '../net/signal.js';
import { Empty } from './fates.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';

/** Messages for one user that could not go on yet, oldest first. */
export class Line {
  /** When something began to wait, by `performance.now()`. */
  readonly since = performance.now();
  letters: Letter[] = [];
  bytes = 0;
  /** What is being done with the first of its messages; all others stay behind them. */
  busy: 'publishing' | 'storing' | undefined;
  private readonly calm = new Signal();
  private readonly userid: number;
  private readonly spool: Spool | undefined;

  private readonly trace: Trace | undefined;

  /** @param spool gets copies of what waits while the store is away */
  constructor(userid: number, spool: Spool | undefined, trace?: Trace) {
    this.userid = userid;
    this.spool = spool;
    this.trace = trace;
  }

  push(letter: Letter): void {
    this.trace?.('waits for its user', this.userid, letter.bytes);
    if (this.spool?.isCopying) this.spool.copy(this.userid, letter);
    this.letters.push(letter);
    this.bytes += costOf(letter);
  }

  take(): Letter[] {
    const { letters } = this;
    this.letters = [];
    this.bytes = 0;
    return letters;
  }

  /** Takes the first of them: so many bytes, give or take one. */
  takeFirst(bytes: number): Letter[] {
    let count = 0;
    for (let taken = 0; count < this.letters.length && taken < bytes; count++) {
      taken += costOf(this.letters[count] as Letter);
    }
    const letters = this.letters.splice(0, count);
    for (const letter of letters) this.bytes -= costOf(letter);
    return letters;
  }

  /** Takes out one that is in another place now. */
  remove(letter: Letter): void {
    this.letters.splice(this.letters.indexOf(letter), 1);
    this.bytes -= costOf(letter);
  }

  putBack(letters: readonly Letter[]): void {
    if (this.spool?.isCopying) this.spool.copyBefore(this.userid, letters, this.letters);
    this.letters = [...letters, ...this.letters];
    for (const letter of letters) this.bytes += costOf(letter);
  }

  /** With its user gone there is nothing that what only waits to be confirmed could wait for. */
  confirmEmpty(): void {
    const [empty, others] = [[] as Letter[], [] as Letter[]];
    for (const letter of this.take()) (letter instanceof Empty ? empty : others).push(letter);
    this.putBack(others);
    for (const letter of empty) letter.done(this.userid);
  }

  /** Resolves when it is not busy any more. */
  calmed(): Promise<void> {
    return this.calm.next();
  }

  /** It is not busy any more. */
  rest(): void {
    this.busy = undefined;
    this.calm.tell();
  }
}
