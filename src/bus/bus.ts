import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { append } from './append.js';
import type { BusEvents, BusWatch } from './events.js';
import { Greeting } from './greeting.js';
import type { Medium } from './medium.js';
import type { Message } from './message.js';
import { Movements } from './movements.js';
import { Peers } from './peers.js';
import type { Link, Remote } from './remote.js';
import type { Receipt, Way } from './remotes.js';
import { Unplaced } from './unplaced.js';
import { ANY_SPEECH, ENTRY, encodeMoved, encodeOwned, encodeTaken, type Speech } from './wire.js';

/** Between two looks whether all has been answered, in ms. */
const LOOK = 5;
/** By so many beats after this node came all others know that it is there. */
const SURE = 3;

/**
 * How nodes reach each other's users. Where nodes of ours are, numbered parcels go to them, and they answer what
 * became of them; nothing is forgotten before (DIFFERENCES 18). To all others messages are published as the
 * original does (PROTOCOL.md section 6).
 */
export class Bus {
  private readonly node = randomBytes(8).toString('hex');
  /** See BusWatch. */
  watch: BusWatch | undefined;
  private readonly medium: Medium;
  private readonly listening = new Set<number>();
  private readonly unplaced = new Unplaced();
  private readonly peers: Peers;
  private readonly speech: Speech;
  private isUp = false;
  /** Since the medium is there. */
  private beats = 0;
  /** How many times nodes may not have received what was published. */
  private misses = 0;
  private closing = false;
  private events: BusEvents | undefined;
  private readonly greeting = new Greeting();
  private readonly movements: Movements;

  /** @param speech how this node's clients speak: those of all nodes must speak alike */
  constructor(medium: Medium, speech = ANY_SPEECH) {
    this.medium = medium;
    this.speech = speech;
    this.movements = new Movements({
      moved: (came, left) => this.tell(undefined, encodeMoved(this.node, came, left)),
      owned: (userids) => this.tell(undefined, encodeOwned(this.node, userids)),
    });
    this.peers = new Peers({
      node: this.node,
      speech,
      listening: this.listening,
      events: () => this.started(),
      isUp: () => this.isUp,
      say: (node, bytes) => this.say(node, bytes),
      found: (userid) => this.unplaced.found(userid, (id, message) => this.place(id, message)),
      missed: () => this.missed(),
      greeted: (node) => this.greeting.heard(node),
      confirmed: (messages, seconds) => this.watch?.confirmed(messages, seconds),
    });
  }

  /** How many other nodes of ours there are. */
  get others(): number {
    return this.peers.count;
  }

  /** What other nodes have not said they got: how many bytes, and since when by `performance.now()`. */
  get unconfirmed(): { readonly bytes: number; readonly since: number } {
    const links = this.peers.all().map(({ unconfirmed }) => unconfirmed);
    return {
      bytes: links.reduce((sum, { bytes }) => sum + bytes, 0),
      since: Math.min(...links.map(({ since }) => since)),
    };
  }

  /**
   * Connects, and hears where everybody is. Rejects when the medium cannot be used, and when the clients of another
   * node speak another dialect: they would not understand each other.
   */
  async start(events: BusEvents): Promise<void> {
    this.events = events;
    await this.medium.start(this.node, {
      received: (userid, message) => this.received(events, userid, message),
      heard: (bytes) => {
        if (!this.closing) this.peers.heard(bytes);
      },
      up: (up) => this.turned(up),
      gone: (node) => this.peers.gone(node),
      beat: (deaf) => {
        this.beats++;
        const links = this.peers.all().filter(({ node }) => !deaf.includes(node));
        this.tellWays(this.unplaced.beat(links));
      },
      nodes: () => this.peers.all().map(({ node }) => node),
    });
    this.isUp = true;
    await this.greet();
    const { foreign } = this.peers;
    if (foreign === undefined) return;
    await this.close(0);
    throw new Error(
      `another node speaks the dialect ${foreign.name}, this one ${this.speech.name}: give all the same --dialect`,
    );
  }

  /** Messages for this user shall come here; the others know before any can. Never rejects. */
  async listen(userid: number): Promise<void> {
    this.listening.add(userid);
    await this.movements.came(userid);
    if (this.listening.has(userid)) await this.medium.subscribe(userid);
  }

  /** Messages for this user shall come here no more. Never rejects. */
  async forget(userid: number): Promise<void> {
    this.listening.delete(userid);
    await this.medium.unsubscribe(userid);
    if (!this.listening.has(userid)) await this.movements.left(userid);
  }

  /** The same for users who leave together. */
  async forgetAll(userids: readonly number[]): Promise<void> {
    for (const userid of userids) this.listening.delete(userid);
    await Promise.all(userids.map((userid) => this.medium.unsubscribe(userid)));
    const left = userids.filter((userid) => !this.listening.has(userid));
    await Promise.all(left.map((userid) => this.movements.left(userid)));
  }

  /** The user has been let in here: no other node of ours may let it in. Called between `listen` and `forget`. */
  own(userid: number): void {
    this.movements.owned(userid);
  }

  /** Whether another node of ours has let the user in. */
  isOwned(userid: number): boolean {
    return this.peers.remotes.isOwned(userid);
  }

  /** How many nodes listen for a user. Rejects when the bus is away. */
  async subscribers(userid: number): Promise<number> {
    const count = await this.medium.subscribers(userid);
    if (count !== undefined) return count;
    return Number(this.listening.has(userid)) + Number(this.peers.remotes.get(userid)?.link !== undefined);
  }

  /** How to reach a user who is not here. After `wait`, `wayChanged` tells when to ask again. */
  way(userid: number): Way {
    return this.peers.remotes.way(userid, this.isUp);
  }

  /** Sends to users whose way is open. The message is told when it has left for each, or comes back. */
  send(userids: readonly number[], message: Message): void {
    const [first] = userids;
    if (userids.length === 1 && first !== undefined) {
      const remote = this.peers.remotes.get(first);
      if (remote?.link !== undefined) remote.link.add(ENTRY.message, message, [remote]);
      return;
    }
    const byLink = new Map<Link, Remote[]>();
    for (const userid of userids) {
      const remote = this.peers.remotes.get(userid);
      if (remote?.link !== undefined) append(byLink, remote.link, remote);
    }
    for (const [link, remotes] of byLink) link.add(ENTRY.message, message, remotes);
  }

  /** Whether messages to a user are with another node that has not said what became of them. */
  isSettling(userid: number): boolean {
    return this.peers.remotes.isSettling(userid);
  }

  /** Whether a message was published to a user and may come back; `wayChanged` tells when it cannot any more. */
  isUnplaced(userid: number): boolean {
    return this.unplaced.has(userid);
  }

  /**
   * Publishes to a user whose way is unknown. What was received is told once it is known that it was by an original
   * node, or, by a node of ours, what became of it.
   */
  async publish(userid: number, message: Message): Promise<Receipt> {
    // Nobody was told of what was stored while the bus was away, and where everybody is now is not known yet: what
    // is published would overtake it.
    await this.greeting.over;
    if (this.closing || !this.isUp) return 'nobody';
    if (this.way(userid) !== 'unknown') return 'again';
    for (const link of this.peers.all()) link.flushStored();
    this.movements.flush();
    const { misses } = this;
    const count = await this.medium.publish(userid, message.bytes);
    if (count === 0) return 'nobody';
    if (misses !== this.misses) return 'again';
    if (this.peers.never) message.settle(userid);
    else if (!this.place(userid, message)) this.unplaced.add(userid, message);
    return 'received';
  }

  /** Tells all nodes that messages for these users are in the store, before anything that is sent after it. */
  tellStored(userids: Iterable<number>): void {
    for (const link of this.peers.all()) link.addStored(userids);
  }

  /** Tells all nodes to let go a user who comes here. */
  tellTaken(userid: number): void {
    this.say(undefined, encodeTaken(this.node, [userid]));
  }

  /**
   * Waits, for so many ms at most, until all other nodes have answered, then gives back all that they have not:
   * it is to be stored. Calls nothing any more after that.
   */
  async close(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    while (this.isUp && this.peers.remotes.areOpen && performance.now() < deadline) await delay(LOOK);
    this.closing = true;
    this.peers.close();
    this.isUp = false;
    this.tellWays(this.unplaced.end());
    await this.medium.close();
  }

  private tellWays(userids: Iterable<number>): void {
    for (const userid of userids) this.events?.wayChanged(userid);
  }

  private say(node: string | undefined, bytes: Buffer): void {
    this.movements.flush();
    this.tell(node, bytes);
  }

  private tell(node: string | undefined, bytes: Buffer): void {
    if (this.isUp) void this.medium.tell(node, bytes);
  }

  private started(): BusEvents {
    if (this.events === undefined) throw new Error('the bus has not started');
    return this.events;
  }

  /** Says all about this node, and hears all about the others. */
  private greet(): Promise<void> {
    return this.greeting.greet(async () => {
      this.movements.flush();
      // Redis counts this node too.
      return (await this.medium.tell(undefined, this.peers.state(true))) - 1;
    });
  }

  /** Who took this node for dead, and does not know that it is back, stores what it cannot publish, and tells nobody. */
  private received(events: BusEvents, userid: number, message: Buffer): void {
    if (!this.isUp || this.beats < SURE) events.mayBeStored(userid);
    events.receiveUnconfirmed(userid, message);
  }

  /** What was published to users of unknown nodes may not have been received: it is delivered anew, rather twice than never. */
  private missed(): void {
    this.misses++;
    for (const [userid, messages] of this.unplaced.takeAll()) this.events?.returned(userid, messages);
  }

  private turned(up: boolean): void {
    this.isUp = up;
    this.beats = 0;
    if (!up) {
      this.peers.cutOff();
      this.missed();
    } else void this.greet();
    this.events?.changed(up);
  }

  /** Confirms over its link a message that was published to a user whose node was not known. */
  private place(userid: number, message: Message): boolean {
    const remote = this.peers.remotes.get(userid);
    if (remote?.link === undefined || (remote.outstanding > 0 && remote.at !== remote.link)) return false;
    remote.link.add(ENTRY.channel, message, [remote]);
    return true;
  }
}
