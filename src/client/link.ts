import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Document, readDocument, writeDocument } from './document.js';
import { documentStream } from './stream.js';

/** The connection to the server has ended; the message says how. */
export class ConnectionLost extends Error {}

interface Waiting {
  readonly msgid: number;
  resolve(reply: Document): void;
  reject(lost: ConnectionLost): void;
}

/** One connection to a server: documents out, replies to those that asked, everything else to `receive`. */
export class Link {
  /** Resolves when the connection has ended, for whatever reason, and all that came has been received. */
  readonly closed: Promise<ConnectionLost>;
  readonly #stream: Duplex;
  readonly #receive: (document: Document) => void;
  readonly #waiting: Waiting[] = [];
  #lost: ConnectionLost | undefined;

  /** Takes a connected stream that nobody reads. */
  constructor(stream: Duplex, receive: (document: Document) => void) {
    this.#stream = stream.on('error', () => {});
    this.#receive = receive;
    this.closed = this.#read();
  }

  /** Sends a document. Resolves once there is room for the next. Rejects with ConnectionLost. */
  async send(document: Document): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (this.#stream.write(writeDocument(document))) return;
    const lost = await Promise.race([once(this.#stream, 'drain'), this.closed]);
    if (lost instanceof ConnectionLost) throw lost;
  }

  /** Sends a document and resolves with the next reply of that msgid. Rejects with ConnectionLost. */
  async request(document: Document, msgid: number): Promise<Document> {
    const reply = new Promise<Document>((resolve, reject) => {
      this.#waiting.push({ msgid, resolve, reject });
    });
    const [answer] = await Promise.all([reply, this.send(document)]);
    return answer;
  }

  /** Sends nothing more, and waits until the server has closed too, at most so many milliseconds. */
  async end(patience: number): Promise<void> {
    this.#stream.end();
    const timer = setTimeout(() => this.#stream.destroy(), patience);
    await this.closed;
    clearTimeout(timer);
  }

  async #read(): Promise<ConnectionLost> {
    this.#lost = new ConnectionLost(await this.#readAll());
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost);
    return this.#lost;
  }

  /** Reads until the end. Returns why it came. */
  async #readAll(): Promise<string> {
    const documents = documentStream();
    try {
      for await (const chunk of this.#stream) {
        for (const text of documents(chunk)) await this.#handle(readDocument(text));
      }
      return 'the server has closed the connection';
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      return `the connection to the server was lost: ${code}`;
    }
  }

  async #handle(document: Document | undefined): Promise<void> {
    if (document === undefined) return;
    const at = this.#waiting.findIndex(({ msgid }) => msgid === document.msgid);
    const [asked] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (asked === undefined) return this.#receive(document);
    asked.resolve(document);
    // Who asked goes on before what came in the same read: a login is shown before the messages behind it.
    await nextTurn();
  }
}
