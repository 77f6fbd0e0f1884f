import type { Dialect } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import type { Cutter } from './framer.js';
import type { Turns } from './turns.js';

/** The memory that a document takes while it waits, besides its bytes, in bytes. */
const OVERHEAD = 400;

/**
 * The documents of a client that confirms what has arrived. While one of its requests is handled its confirms are taken
 * out in front of those that wait: these may wait for long, and maybe for a confirm. All other documents are cut only when
 * it is their turn: small ones take a hundred times as much memory when they are cut as the bytes that they came in.
 */
export class Ahead {
  /** The memory that the waiting documents take, in bytes. */
  cost = 0;
  private readonly cutter: Cutter;
  private readonly fields: Dialect['fields'];
  private readonly take: (message: Message) => boolean;
  private waiting: Message[] = [];
  /** Up to here they were handed on. */
  private at = 0;
  /** How many bytes have come, and how many had come when the last documents had. */
  private come: number;
  private last = Number.POSITIVE_INFINITY;

  /**
   * @param take says whether a document was for it: then it does not wait
   */
  constructor(cutter: Cutter, fields: Dialect['fields'], take: (message: Message) => boolean) {
    this.come = cutter.held;
    this.cutter = cutter;
    this.fields = fields;
    this.take = take;
  }

  /** Adds bytes of the stream. */
  push(chunk: Buffer): void {
    this.come += chunk.length;
    this.cutter.push(chunk);
  }

  /**
   * Looks for confirms behind what waits. False when it is the turn of others before all of it was looked at.
   *
   * @param most with more than this waiting nothing more is cut, in bytes of memory
   */
  look(turns: Turns, most: number): boolean {
    while (this.cost <= most) {
      if (!this.cut()) break;
      if (this.cutter.held > 0 && turns.isOver()) return false;
    }
    return true;
  }

  /** The next document that waits; undefined when none is whole, null when there may be more. */
  next(): Message | null | undefined {
    const message = this.waiting[this.at];
    if (message === undefined) return this.cut() ? null : undefined;
    this.at++;
    this.cost -= message.length + OVERHEAD;
    if (this.at * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.at);
      this.at = 0;
    }
    return message;
  }

  /** Of documents that come later only confirms count. */
  close(): void {
    this.last = Math.min(this.last, this.come);
  }

  /** Cuts one document. False when none is whole. */
  private cut(): boolean {
    const message = this.cutter.cut(this.fields);
    if (message && !this.take(message) && !this.isLate) this.keep(message);
    return message !== undefined;
  }

  private keep(message: Message): void {
    message.copyBytes();
    this.waiting.push(message);
    this.cost += message.length + OVERHEAD;
  }

  /** Whether the document that was just cut has come late. The NUL behind it may have. */
  private get isLate(): boolean {
    return this.come - this.cutter.held > this.last + 1;
  }
}
