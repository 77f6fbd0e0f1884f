import type { ChatClient, ChatMessage } from '../../src/index.js';
import type { Random } from '../fuzz/random.js';
import type { Ledger } from './ledger.js';
import { SEEN } from './line.js';
import { Numbered } from './numbered.js';
import type { Scene } from './person.js';
import type { Road } from './road.js';

/** A user of ChatClient who reads messages that have numbers, while its connections end. */
export class NumberedReceiver {
  readonly #id: number;
  readonly #ledger: Ledger;
  readonly #person: Numbered;
  readonly #work: Promise<unknown>;
  /** Messages that have come before the login said which are stored. Undefined while the user is here. */
  #early: ChatMessage[] | undefined = [];
  /** Whether the server knows what has arrived on this connection. */
  #confirms = false;

  /** @param once leaves out what comes again, as ChatClient does, and confirms what has come */
  constructor(id: number, scene: Scene, random: Random, once: boolean) {
    this.#id = id;
    this.#ledger = scene.ledger;
    // A client that confirms nothing gets all that a server has written only on a connection that is not reset.
    const breaks = (road: Road) => (this.#confirms ? road.reset() : road.finish());
    const prepare = (client: ChatClient) => this.#listen(client);
    this.#person = new Numbered(id, scene, random, { once, prepare, breaks });
    this.#work = this.#person.enter();
  }

  get isHere(): boolean {
    return this.#early === undefined;
  }

  gather(): void {
    this.#person.isRough = false;
  }

  scatter(): void {
    this.#person.isRough = true;
  }

  /** Leaves, and comes back. */
  async relog(): Promise<void> {
    await this.#person.finish();
  }

  async stop(): Promise<void> {
    await this.#person.stop();
    await this.#work;
  }

  #listen(client: ChatClient): void {
    this.#early = [];
    client.on('message', (message) => {
      if (this.#early === undefined) this.#hear(message);
      else this.#early.push(message);
    });
    client.on('lost', () => {
      this.#early = [];
      this.#confirms = false;
    });
    client.on('back', (login) => {
      this.#confirms = client.isConfirming;
      const all = [...(login?.stored ?? []), ...(this.#early ?? [])];
      this.#early = undefined;
      for (const message of all) this.#hear(message);
    });
  }

  #hear({ text }: ChatMessage): void {
    for (const { 1: from, 2: to = '', 3: n } of text.matchAll(SEEN))
      if (from !== undefined) this.#ledger.heard(this.#id, Number(from), to, Number(n));
  }
}
