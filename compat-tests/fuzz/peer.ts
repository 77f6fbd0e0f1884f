import { setImmediate as turn } from 'node:timers/promises';
import type { Server } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';
import type { Random } from './random.js';

/** One connection of a session, with the users who are logged in on it. */
export class Peer {
  readonly node: Server;
  readonly users = new Set<number>();
  readonly #user: User;
  /** Chat messages that came and were not taken yet, in order. */
  #heard: Document[] = [];

  private constructor(node: Server, user: User) {
    this.node = node;
    this.#user = user;
  }

  static async open(node: Server): Promise<Peer> {
    return new Peer(node, await User.connect(node));
  }

  /** Sends bytes in pieces of any length. */
  async send(bytes: Buffer, random: Random): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const to = random.chance(0.3) ? bytes.length : at + 1 + random.int(bytes.length - at);
      await this.#user.say(bytes.subarray(at, to));
      if (random.chance(0.5)) await turn();
      at = to;
    }
  }

  /** Sends a document that is answered, and returns the answer; chat messages that come before it are kept. */
  async ask(document: Document): Promise<Document> {
    await this.#user.say(document);
    for (;;) {
      const answer = await this.#user.hear();
      if (answer.msgid === 2 || answer.msgid === 5) return this.#opened(answer);
      this.#heard.push(answer);
    }
  }

  /** Resolves when everything sent before is handled, and everything written to this connection has come. */
  async sync(): Promise<void> {
    this.#heard.push(...(await this.#user.settle()));
  }

  /** The chat messages that have come since the last call, the stored ones in login replies included. */
  take(): Document[] {
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }

  /** Closes in order. What still comes can be taken. */
  async close(): Promise<void> {
    await this.#user.close();
    this.#heard.push(...(await this.#user.rest()));
  }

  reset(): void {
    this.#user.client.reset();
  }

  /** The stored messages of a login reply come before everything that follows it. */
  #opened(answer: Document): Document {
    for (const text of answer.offlinemsg ?? []) this.#heard.push(JSON.parse(text));
    return answer;
  }
}
