import { EventEmitter, once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { documentStream } from '../../src/client/stream.js';
import type { Document } from '../harness/user.js';
import type { Step } from './clock.js';

/** A client in this process, on an end of a pair of streams. What it has not read yet has not left the server. */
export class MemoryClient {
  /** Everything that came so far. */
  readonly heard: Document[] = [];
  /** The client reads on when this has resolved. */
  pause: Promise<void> = Promise.resolve();
  readonly #stream: Duplex;
  readonly #changes = new EventEmitter();
  #taken = 0;

  private constructor(stream: Duplex, step: Step) {
    this.#stream = stream;
    const cut = documentStream();
    stream.on('close', () => this.#changes.emit('change'));
    stream.on('readable', async () => {
      await this.pause;
      await step('a client reads');
      const bytes: Buffer | null = stream.destroyed ? null : stream.read();
      for (const text of bytes === null ? [] : cut(bytes)) this.heard.push(JSON.parse(text));
      this.#changes.emit('change');
    });
  }

  /** A client, and the end of its connection that the server gets. */
  static pair(step: Step): [client: MemoryClient, stream: Duplex] {
    const [ours, theirs] = duplexPair({ readableHighWaterMark: 1 });
    ours.on('close', () => theirs.destroy());
    theirs.on('close', () => ours.destroy());
    return [new MemoryClient(ours, step), theirs];
  }

  /** Whether its connection has not been closed, from either side. */
  get isOpen(): boolean {
    return !this.#stream.destroyed;
  }

  say(document: Document): void {
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify(document)}\0`);
  }

  /** Logs in. Resolves with the error number of the reply; undefined when the connection breaks. */
  async login(id: number): Promise<number | undefined> {
    this.say({ id, msgid: 1, password: 'pw' });
    return (await this.#next(({ msgid }) => msgid === 2))?.errno;
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
  async #next(fits: (document: Document) => boolean): Promise<Document | undefined> {
    while (!this.#stream.destroyed) {
      for (; this.#taken < this.heard.length; ) {
        const document = this.heard[this.#taken++]!;
        if (fits(document)) return document;
      }
      await once(this.#changes, 'change');
    }
    return undefined;
  }
}
