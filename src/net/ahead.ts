import type { Dialect } from '../protocol/dialect.js';
import { Message } from '../protocol/message.js';
import type { Cutter } from './framer.js';
import type { Turns } from './turns.js';

/** The memory that a document takes while it waits, besides its bytes, in bytes. */
const OVERHEAD = 400;

/**
 * The documents of a client that confirms what has arrived. Its confirms are taken out in front of its requests: these may
 * wait for long, and maybe for a confirm. Documents of other clients are cut only when it is their turn.
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
  private isClosed = false;

  /** @param take says whether a document was for it: then it does not wait */
  constructor(cutter: Cutter, fields: Dialect['fields'], take: (message: Message) => boolean) {
    this.cutter = cutter;
    this.fields = fields;
    this.take = take;
  }

  /** Cuts the documents that have come. False when it is the turn of others before all of it is cut. */
  look(turns: Turns): boolean {
    for (let bytes = this.cutter.step(); bytes !== undefined; bytes = this.cutter.step()) {
      if (bytes !== null) this.keep(bytes);
      if (this.cutter.held > 0 && turns.isOver()) return false;
    }
    return true;
  }

  /** The next document that waits, or undefined. */
  next(): Message | undefined {
    const message = this.waiting[this.at];
    if (message === undefined) return undefined;
    this.at++;
    this.cost -= message.length + OVERHEAD;
    if (this.at * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.at);
      this.at = 0;
    }
    return message;
  }

  /** Cuts all documents that have come. Of later ones only confirms count. */
  cutLast(): void {
    for (let bytes = this.cutter.step(); bytes !== undefined; bytes = this.cutter.step())
      if (bytes !== null) this.keep(bytes);
    this.isClosed = true;
  }

  private keep(bytes: Buffer): void {
    const { scan } = this.cutter;
    if (this.take(new Message(bytes, scan, this.fields)) || this.isClosed) return;
    // A copy: a few small documents would keep all the reads that they came in.
    this.waiting.push(new Message(Buffer.from(bytes), scan, this.fields));
    this.cost += bytes.length + OVERHEAD;
  }
}
