import { EventEmitter, once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { documentStream } from '../../src/client/stream.js';
import type { Document } from '../harness/user.js';

/** A client in this process, on an end of a pair of streams. It reads what comes at once. */
export class MemoryClient {
  /** Everything that came so far. */
  readonly heard: Document[] = [];
  readonly #stream: Duplex;
  readonly #changes = new EventEmitter();
  #taken = 0;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    const cut = documentStream();
    stream.on('data', (bytes: Buffer) => {
      for (const text of cut(bytes)) this.heard.push(JSON.parse(text));
      this.#changes.emit('change');
    });
  }

  /** A client, and the end of its connection that the server gets. */
  static pair(): [client: MemoryClient, stream: Duplex] {
    const [ours, theirs] = duplexPair();
    ours.on('close', () => theirs.destroy());
    theirs.on('close', () => ours.destroy());
    return [new MemoryClient(ours), theirs];
  }

  say(document: Document): void {
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify(document)}\0`);
  }

  /** Logs in. Resolves with the error number of the reply. */
  async login(id: number): Promise<number> {
    this.say({ id, msgid: 1, password: 'pw' });
    return (await this.#next(({ msgid }) => msgid === 2)).errno;
  }

  /** Sends no more, reads on until the server ends the connection too. */
  end(): void {
    this.#stream.end();
  }

  /** Breaks the connection. */
  reset(): void {
    this.#stream.destroy();
  }

  /** The next of what came that `fits`. */
  async #next(fits: (document: Document) => boolean): Promise<Document> {
    for (;;) {
      for (; this.#taken < this.heard.length; ) {
        const document = this.heard[this.#taken++]!;
        if (fits(document)) return document;
      }
      await once(this.#changes, 'change');
    }
  }
}
