import { deepEqual } from 'node:assert/strict';
import type { Document } from '../harness/user.js';
import type { MemoryClient } from './client.js';
import type { World } from './world.js';

/** Messages of user 1 are in order; those that others store may come at any place. */
const WRITTEN = 'm';
const isWritten = (text: string) => text.startsWith(WRITTEN);

/** Numbered messages, and where they have got to. */
export class Post {
  readonly #world: World;
  readonly #userid: number;
  readonly #receivers = new Set<MemoryClient>();
  #sent = 0;
  #stored = 0;

  /** @param userid whom they are for; a client may have other users besides */
  constructor(world: World, userid = 2) {
    this.#world = world;
    this.#userid = userid;
  }

  /** Sends so many messages from user 1 to the user, as a chat or to a group. */
  async send(from: MemoryClient, count: number, groupid?: number): Promise<void> {
    const to = groupid === undefined ? { msgid: 6, toid: this.#userid } : { msgid: 10, groupid };
    for (let n = 0; n < count; n++) {
      await this.#world.step('a message is sent');
      from.say({ id: 1, msg: `${WRITTEN} ${this.#sent++}`, ...to });
    }
  }

  /** Sends messages of these sizes, each when the one before has been sent. */
  async sendAll(from: MemoryClient, sizes: readonly number[], groupid?: number): Promise<void> {
    const to = groupid === undefined ? { msgid: 6, toid: this.#userid } : { msgid: 10, groupid };
    for (const size of sizes) {
      await this.#world.step('a message is sent');
      from.say({ id: 1, msg: `${WRITTEN} ${this.#sent++}`, pad: '.'.repeat(size), ...to });
    }
  }

  /** Stores so many messages for the user, as another program may do at any time. */
  async store(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await this.#world.step('another program stores a message');
      const message = JSON.stringify({ id: 1, msg: `other ${this.#stored++}`, msgid: 6, toid: this.#userid });
      await this.#world.shared.store.storeMessages([{ userid: this.#userid, message }]);
    }
  }

  /** Takes into account what this client of the user hears. */
  note(client: MemoryClient): MemoryClient {
    this.#receivers.add(client);
    return client;
  }

  /** Every message was delivered once, or is stored once, in the order that it was sent in. */
  async isComplete(): Promise<void> {
    const { known, sent } = await this.#count();
    deepEqual(known.toSorted(), sent.toSorted());
    deepEqual(known.filter(isWritten), sent.filter(isWritten));
  }

  /** The same, but messages may come again. */
  async isInOrder(): Promise<void> {
    const { known, sent } = await this.#count();
    deepEqual([...new Set(known)], sent);
  }

  /** Every message was delivered or is stored, be it twice. */
  async isNotLost(): Promise<void> {
    const { known, sent } = await this.#count();
    deepEqual([...new Set(known)].sort(), sent.sort());
  }

  async #count(): Promise<{ known: string[]; sent: string[] }> {
    const heard = [...this.#receivers].flatMap(({ heard }) => heard.flatMap(messagesIn));
    const stored = (await this.#world.shared.store.storedMessages(this.#userid)).map((text) =>
      JSON.parse(text),
    );
    const numbered = (what: string, count: number) => Array.from({ length: count }, (_, n) => `${what} ${n}`);
    const sent = [...numbered(WRITTEN, this.#sent), ...numbered('other', this.#stored)];
    const ours = [...heard, ...stored].filter(({ toid }) => toid === undefined || toid === this.#userid);
    return { known: ours.map(({ msg }) => msg), sent };
  }
}

/** The messages in what a client heard: live ones, and those that a login brought. */
function messagesIn(document: Document): Document[] {
  if (document.msgid !== 2) return [document];
  return (document.offlinemsg ?? []).map((text: string) => JSON.parse(text));
}
