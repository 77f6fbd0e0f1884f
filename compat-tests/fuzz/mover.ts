import type { Document } from '../harness/user.js';
import { Peer } from './peer.js';
import type { Random } from './random.js';
import type { World } from './world.js';

const LOGGED_IN_ELSEWHERE = 2;

/** A user who leaves and comes back in all possible ways, on connections of its own. */
export class Mover {
  readonly id: number;
  peer: Peer;
  /** A connection of the user was reset. */
  lossy = false;
  /** Two nodes tried to log the user in at once: what was published meanwhile may have reached both. */
  doubled = false;
  readonly #world: World;
  readonly #random: Random;
  readonly #heard: Document[] = [];
  readonly #trail: string[] = [];

  constructor(world: World, id: number, peer: Peer) {
    this.#world = world;
    this.#random = world.random.fork();
    this.id = id;
    this.peer = peer;
  }

  get trail(): string {
    return this.#trail.join(', then ');
  }

  async move(times: number): Promise<void> {
    const ways = [this.#relog, this.#closeFirst, this.#resetFirst, this.#leaveBehind, this.#rush];
    for (let n = times; n > 0; n--) {
      const way = this.#random.pick(ways) ?? this.#relog;
      await way.call(this);
    }
    this.#world.entered(this.id, this.peer);
  }

  /** Logs out, so that nothing more can come. */
  async leave(): Promise<void> {
    await this.peer.send(this.#logout(), this.#random);
    await this.peer.sync();
    this.#world.left(this.id);
    await this.#world.leftInDatabase([this.id]);
  }

  /** Everything that has come for the user until now. */
  async heard(): Promise<readonly Document[]> {
    await this.peer.sync();
    this.#heard.push(...this.#world.heard(this.peer));
    return this.#heard;
  }

  /** Logs out and in, in one write. */
  async #relog(): Promise<void> {
    this.#trail.push('logs out and in');
    await this.peer.send(this.#logout(), this.#random);
    await this.#login([this.peer]);
  }

  async #closeFirst(): Promise<void> {
    this.#trail.push('closes');
    await this.peer.close();
    this.#forget(this.peer);
    await this.#login([await this.#open()]);
  }

  async #resetFirst(): Promise<void> {
    this.#trail.push('resets');
    this.lossy = true;
    this.peer.reset();
    this.#forget(this.peer);
    await this.#login([await this.#open()]);
  }

  /** Logs in on another connection while the logout is under way. */
  async #leaveBehind(): Promise<void> {
    this.#trail.push('logs in elsewhere');
    const old = this.peer;
    await old.send(this.#logout(), this.#random);
    await this.#login([await this.#open()]);
    await old.close();
    this.#forget(old);
  }

  /** Logs in from several connections at once: one of them wins. */
  async #rush(): Promise<void> {
    this.#trail.push('logs in from three at once');
    const old = this.peer;
    const rivals = [await this.#open(), await this.#open(), old];
    if (rivals.some(({ node }) => node !== old.node)) this.doubled = true;
    await old.send(this.#logout(), this.#random);
    await this.#login(rivals);
    for (const rival of rivals) {
      if (rival === this.peer) continue;
      await rival.close();
      this.#forget(rival);
    }
  }

  #logout(): Buffer {
    return Buffer.from(`${JSON.stringify({ id: this.id, msgid: 3 })}\0`);
  }

  /** Tries on all of them until one is let in. */
  async #login(rivals: readonly Peer[]): Promise<void> {
    for (;;) {
      const document = { id: this.id, msgid: 1, password: 'pw' };
      const answers = await Promise.all(rivals.map((peer) => peer.ask(document)));
      const winners = rivals.filter((_, n) => answers[n]?.errno === 0);
      if (winners.length > 1) throw new Error(`${this.id} is logged in ${winners.length} times at once`);
      if (winners[0] !== undefined) {
        this.peer = winners[0];
        return;
      }
      const odd = answers.find(({ errno }) => errno !== LOGGED_IN_ELSEWHERE);
      if (odd !== undefined) throw new Error(`login of ${this.id}: ${JSON.stringify(odd)}`);
    }
  }

  async #open(): Promise<Peer> {
    const node = this.#random.pick(this.#world.site.nodes);
    if (node === undefined) throw new Error('there are no nodes');
    const peer = await Peer.open(node);
    this.#world.peers.add(peer);
    return peer;
  }

  #forget(peer: Peer): void {
    this.#heard.push(...this.#world.heard(peer));
    peer.users.delete(this.id);
    this.#world.peers.delete(peer);
  }
}
