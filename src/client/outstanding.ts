import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from './core/document.js';

/** The outcome of a message: it has left for its user, another node has it, or it is stored until its user logs in. */
export type Fate = 'here' | 'elsewhere' | 'stored';

/** At most this many messages are not answered: the server remembers the last 1,000. More wait. */
const MOST = 500;
/** After this time, in ms, messages are sent again whose outcomes the server could not tell. */
const AGAIN = 1000;

/** The parts of its client that Outstanding needs. */
export interface OutstandingHost {
  /** Asks for the highest number of the user's messages. */
  last(): Promise<number>;
  /** Sends a document, when there is a connection. */
  write(document: Document): Promise<void>;
}

/** Of a message that is sent with a number. */
export interface Numbering {
  /** The number that it had when it was sent before, by an earlier client of the user: it is delivered once. */
  readonly seq?: number | undefined;
  /** Called with its number, before it is sent. */
  readonly numbered?: (seq: number) => void;
}

interface Sent {
  readonly document: Document;
  readonly numbering: Numbering;
  resolve(fate: Fate): void;
  reject(error: unknown): void;
}

/**
 * Messages with a number (PROTOCOL.md section 9) of one user, which the server has not answered.
 *
 * 1. They are sent in the order of the calls, and sent again in that order: after the connection was lost, and when the
 *    server could not tell the outcome of one.
 * 2. The server delivers each of them once.
 */
export class Outstanding {
  /** The number of the last one; undefined as long as the server has not been asked. */
  #last: number | undefined;
  readonly #sent = new Map<number, Sent>();
  /** One writes at a time: all others wait behind it. */
  #turn: Promise<void> = Promise.resolve();
  #room: (() => void) | undefined;
  #isAgain = false;
  #ended: Error | undefined;
  readonly #host: OutstandingHost;

  constructor(host: OutstandingHost) {
    this.#host = host;
  }

  /** Sends a document with the next number, or its own. Resolves with its outcome. */
  send(document: Document, numbering: Numbering = {}): Promise<Fate> {
    return new Promise((resolve, reject) => {
      this.#inTurn(() => this.#sendNext({ document, numbering, resolve, reject })).catch(reject);
    });
  }

  /** The server tells the outcome of a message. */
  done(seq: number, fate: Fate): void {
    this.#take(seq)?.resolve(fate);
  }

  /** The server has refused a message. */
  failed(seq: number, error: Error): void {
    this.#take(seq)?.reject(error);
  }

  /** The server cannot tell the outcome of a message: it is sent again, with all others. */
  again(): void {
    if (this.#isAgain) return;
    this.#isAgain = true;
    const work = async () => {
      await delay(AGAIN, undefined, { ref: false });
      this.#isAgain = false;
      await this.resend((document) => this.#host.write(document));
    };
    // When the connection is lost meanwhile all is sent again on the next one.
    this.#inTurn(work).catch(() => {});
  }

  /** Sends all that is not answered. */
  async resend(write: (document: Document) => Promise<void>): Promise<void> {
    for (const [seq, { document }] of [...this.#sent]) if (this.#sent.has(seq)) await write(document);
  }

  /** There will be no answers any more. */
  end(error: Error): void {
    this.#ended = error;
    for (const seq of [...this.#sent.keys()]) this.failed(seq, error);
    this.#room?.();
  }

  async #sendNext(sent: Sent): Promise<void> {
    while (this.#sent.size >= MOST && this.#ended === undefined)
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    if (this.#ended !== undefined) throw this.#ended;
    this.#last ??= await this.#host.last();
    const { seq = this.#last + 1, numbered } = sent.numbering;
    const document = { ...sent.document, seq };
    this.#last = Math.max(this.#last, seq);
    numbered?.(seq);
    this.#sent.set(seq, { ...sent, document });
    try {
      await this.#host.write(document);
    } catch (error) {
      // One that is too long was not sent. When the connection was lost it is sent again on the next one.
      if (error instanceof RangeError) this.failed(seq, error);
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  #take(seq: number): Sent | undefined {
    const sent = this.#sent.get(seq);
    this.#sent.delete(seq);
    this.#room?.();
    return sent;
  }
}
