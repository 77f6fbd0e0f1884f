import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Document, readDocument, writeDocument } from './core/document.js';
import { numberOf } from './core/foreign.js';
import type { Fields, Speech } from './core/speech.js';
import { cutterOf, framed } from './framing.js';
import { TooLong } from './stream.js';

/** The connection to the server has ended; the message says how. */
export class ConnectionLost extends Error {
  /** `closed` by the server, `silent`: no answer in time, `endless`: a document too long; or the system's code. */
  readonly code: string;

  constructor(message: string, code = 'unknown') {
    super(message);
    this.code = code;
  }
}

/** The bounds of a connection, whatever the server does. */
export interface LinkLimits {
  /** How long the server may take for a reply, in milliseconds. It holds back many wrong logins for half a minute. */
  readonly replyTimeout: number;
  /** The most bytes of a document from the server. */
  readonly maxDocument: number;
  /** The most bytes of a document to the server, which would close the connection on a longer one. */
  readonly maxMessage: number;
  /** How long the server may take to say what it can do, in milliseconds: the original never does. */
  readonly abilityTimeout: number;
}

interface Waiting {
  readonly number: number;
  readonly timer: NodeJS.Timeout;
  resolve(reply: Document): void;
  reject(lost: ConnectionLost): void;
}

/**
 * One connection to a server: documents out, replies to those that asked, everything else to `receive`.
 *
 * 1. Whatever the server sends, nothing but ConnectionLost comes of it, and at most `maxDocument` bytes are kept.
 * 2. An error of `receive` is thrown to the program as any listener's error is; reading goes on.
 * 3. With `startConfirming` the server is told how many bytes have come, before the client sends anything because of them:
 *    else the server could wait for the one and the client for the other.
 */
export class Link {
  /** Resolves when the connection has ended, for whatever reason, and all that came has been received. */
  readonly closed: Promise<ConnectionLost>;
  readonly #stream: Duplex;
  readonly #receive: (document: Document) => void;
  readonly #limits: LinkLimits;
  readonly #speech: Speech;
  readonly #waiting: Waiting[] = [];
  #drained: Promise<unknown> | undefined;
  #lost: ConnectionLost | undefined;
  /** So many bytes have come. */
  #come = 0;
  #confirms = false;
  #taken = 0;

  /** Takes a connected stream that nobody reads. */
  constructor(stream: Duplex, receive: (document: Document) => void, limits: LinkLimits, speech: Speech) {
    this.#speech = speech;
    this.#stream = stream.on('error', () => {});
    this.#receive = receive;
    this.#limits = limits;
    this.closed = this.#read();
  }

  /**
   * Sends a document. Resolves once there is room for the next. Rejects with ConnectionLost, or with RangeError when
   * it is longer than the server takes.
   */
  async send(document: Document): Promise<void> {
    await this.#write(this.#written(document));
  }

  /**
   * Asks for something, and resolves with the next document of the number that the reply to it has. A reply that is late
   * ends the connection: it would be taken for that of the next request.
   *
   * @param answeredBy the name of the reply, where it is another one than the request's
   */
  async ask(verb: string, fields: Fields, answeredBy = verb): Promise<Document> {
    const number = this.#speech.replyTo(answeredBy);
    if (number === undefined) throw new Error(`the server does not answer ${verb}`);
    const text = this.#written(this.#speech.request(verb, fields));
    const reply = new Promise<Document>((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), this.#limits.replyTimeout);
      this.#waiting.push({ number, timer, resolve, reject });
    });
    const [answer] = await Promise.all([reply, this.#write(text)]);
    return answer;
  }

  /**
   * The same for a request that the server may not know: resolves with undefined when no reply has come within
   * `patience` ms. One that comes later is received as a document that nobody asked for.
   */
  async askWithin(verb: string, fields: Fields, patience: number): Promise<Document | undefined> {
    const number = this.#speech.replyTo(verb);
    if (number === undefined || !this.#speech.has(verb)) return undefined;
    const text = this.#written(this.#speech.request(verb, fields));
    const reply = new Promise<Document | undefined>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(undefined);
      }, patience);
      const waiting = { number, timer, resolve, reject };
      this.#waiting.push(waiting);
    });
    const [answer] = await Promise.all([reply, this.#write(text)]);
    return answer;
  }

  /** Whether the server hears what has come. */
  get isConfirming(): boolean {
    return this.#confirms;
  }

  /** How many bytes had come with the document that is received now. */
  get come(): number {
    return this.#come;
  }

  /** So many of them do not come again on another connection. */
  get taken(): number {
    return this.#taken;
  }

  /** From now on the server hears what has come: what it did not hear of comes again on another connection. */
  async startConfirming(): Promise<void> {
    const reply = await this.ask('confirm', { bytes: this.#come });
    this.#confirms = this.#speech.resultOf(reply, 'confirm') === 'ok';
    this.#confirm();
  }

  /** Asks for something that is not answered. See send. */
  tell(verb: string, fields: Fields): Promise<void> {
    return this.send(this.#speech.request(verb, fields));
  }

  /** Sends nothing more but how many bytes have come, and waits until the server has closed, too, for at most `patience` ms. */
  async end(patience: number): Promise<void> {
    if (this.#confirms) this.#confirm(true);
    else this.#stream.end();
    const timer = setTimeout(() => this.#stream.destroy(), patience);
    await this.closed;
    clearTimeout(timer);
  }

  #written(document: Document): string | Buffer {
    if (this.#lost) throw this.#lost;
    const text = writeDocument(document);
    const bytes = Buffer.byteLength(text);
    const most = this.#limits.maxMessage;
    if (bytes <= most) return framed(text, this.#speech.spoken);
    throw new RangeError(`the message has ${bytes} bytes, the server takes at most ${most}`);
  }

  async #write(text: string | Buffer): Promise<void> {
    if (this.#stream.write(text)) return;
    const lost = await Promise.race([this.#drain(), this.closed]);
    if (lost instanceof ConnectionLost) throw lost;
  }

  #giveUp(): void {
    const seconds = this.#limits.replyTimeout / 1000;
    this.#stream.destroy(new ConnectionLost(`the server has not answered for ${seconds} seconds`, 'silent'));
  }

  /** One promise for all who wait. */
  #drain(): Promise<unknown> {
    this.#drained ??= once(this.#stream, 'drain').finally(() => {
      this.#drained = undefined;
    });
    this.#drained.catch(() => {});
    return this.#drained;
  }

  async #read(): Promise<ConnectionLost> {
    this.#lost = await this.#readAll();
    this.#stream.destroy();
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(this.#lost);
    }
    return this.#lost;
  }

  /** Reads until the end. Returns why it came. */
  async #readAll(): Promise<ConnectionLost> {
    const documents = cutterOf(this.#speech.spoken, this.#limits.maxDocument);
    try {
      for await (const chunk of this.#stream) {
        this.#come += chunk.length;
        this.#confirm();
        for (const text of documents(chunk)) await this.#handle(readDocument(text));
      }
      return new ConnectionLost('the server has closed the connection', 'closed');
    } catch (error) {
      return lostBy(error);
    }
  }

  /** @param end whether the server is to end the connection once all it still has to write is received */
  #confirm(end = false): void {
    if (!this.#confirms || !this.#stream.writable) return;
    const fields = { bytes: this.#come, ...(end && { end }) };
    this.#stream.write(this.#written(this.#speech.request('confirm', fields)));
  }

  async #handle(document: Document | undefined): Promise<void> {
    if (document === undefined) return;
    if (this.#confirms && this.#speech.numberOf(document) === this.#speech.replyTo('confirm'))
      this.#taken = Math.max(
        this.#taken,
        numberOf(this.#speech.field(document, 'confirm', 'ok', 'bytes')) || 0,
      );
    const at = this.#waiting.findIndex(({ number }) => number === this.#speech.numberOf(document));
    const [asked] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (asked === undefined) return this.#tell(document);
    clearTimeout(asked.timer);
    asked.resolve(document);
    // The caller goes on before later documents of the same read: a login is shown before the messages behind it.
    await nextTurn();
  }

  #tell(document: Document): void {
    try {
      this.#receive(document);
    } catch (error) {
      // Outside of this promise, where it would be taken for a lost connection.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

function lostBy(error: unknown): ConnectionLost {
  if (error instanceof ConnectionLost) return error;
  if (error instanceof TooLong) return new ConnectionLost(`the server sends ${error.message}`, 'endless');
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new ConnectionLost(`the connection to the server was lost: ${code}`, code);
}
