import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Incoming } from './incoming.js';
import type { Letter } from './letter.js';
import type { Medium } from './medium.js';
import { Outgoing, type Remote } from './outgoing.js';
import {
  decode,
  ENTRY,
  encodeAnswer,
  encodeMoved,
  encodeState,
  encodeStored,
  encodeTaken,
  type Speech,
  type State,
} from './wire.js';

/** For a bus whose nodes cannot differ. */
const ANY: Speech = { name: 'any', fingerprint: '' };

/** How long an answer waits for more that it can tell, in ms: so much is delivered twice when a node dies. */
const GATHER = 5;
/** How long a node that starts waits for the others to say who is on them, in ms. */
const ANSWERS = 1000;

export interface BusEvents {
  /** A message for a user. False when the user is not here: then the sender delivers it anew. */
  receive(userid: number, letter: Letter): boolean;

  /** A message came on a user's channel, from an original node or from one that did not know where the user is. */
  receiveUnconfirmed(userid: number, message: Buffer): void;

  /** Calls `letter.done` once all that came for the user so far has left or is stored. False when it is not here. */
  confirm(userid: number, letter: Letter): boolean;

  /** Whether the user is logged in here. */
  isHere(userid: number): boolean;

  /** Messages that were on their way to a user and did not arrive: to be delivered anew, before all others for it. */
  returned(userid: number, letters: readonly Letter[]): void;

  /** The way to a user may be another now, or have room again. */
  wayChanged(userid: number): void;

  /** Another node has stored messages for these users. */
  stored(userids: readonly number[]): void;

  /** Users have come to another node, and are to be let go here. */
  taken(userids: readonly number[]): void;

  /** The bus was away and is back, or went away: all ways may be others now. */
  changed(up: boolean): void;
}

/** Is told how the bus does, where somebody wants to know. */
export interface BusWatch {
  /** Another node has so many messages, after so many seconds. */
  confirmed(messages: number, seconds: number): void;
}

/** How a user who is not here is reached: over a link that takes a message now, or later; or nobody knows. */
export type Way = 'open' | 'wait' | 'unknown';

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
  private readonly links = new Map<string, Outgoing>();
  private readonly incoming = new Map<string, Incoming>();
  private readonly remotes = new Map<number, Remote>();
  private readonly listening = new Set<number>();
  private readonly toAnswer = new Set<Incoming>();
  private readonly asked = new Set<string>();
  /** Published to users whose node was not known: since the last beat, and since the one before. */
  private unplaced: [number, Letter][] = [];
  private unplacedBefore: [number, Letter][] = [];
  private gathering = false;
  private isUp = false;
  private closing = false;
  private events: BusEvents | undefined;
  private greeted: (() => void) | undefined;
  private readonly speech: Speech;
  /** How another node's clients speak, if not as this one's. */
  private foreign: Speech | undefined;

  /** @param speech how this node's clients speak: those of all nodes must speak alike */
  constructor(medium: Medium, speech = ANY) {
    this.medium = medium;
    this.speech = speech;
  }

  /** How many other nodes of ours there are. */
  get others(): number {
    return this.links.size;
  }

  /** What other nodes have not said they got: how many bytes, and since when by `performance.now()`. */
  get unconfirmed(): { readonly bytes: number; readonly since: number } {
    const links = [...this.links.values()].map(({ unconfirmed }) => unconfirmed);
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
      received: (userid, message) => events.receiveUnconfirmed(userid, message),
      heard: (bytes) => this.heard(bytes),
      up: (up) => this.turned(up),
      gone: (node) => this.gone(node),
      beat: () => this.placeUnplaced(),
      nodes: () => [...this.links.keys()],
    });
    this.isUp = true;
    await this.greet();
    if (this.foreign === undefined) return;
    await this.close(0);
    throw new Error(
      `another node speaks the dialect ${this.foreign.name}, this one ${this.speech.name}: give all the same --dialect`,
    );
  }

  /** Messages for this user shall come here; the others know before any can. Never rejects. */
  async listen(userid: number): Promise<void> {
    this.listening.add(userid);
    this.say(undefined, encodeMoved(this.node, [userid], []));
    await this.medium.subscribe(userid);
  }

  /** Messages for this user shall come here no more. Never rejects. */
  async forget(userid: number): Promise<void> {
    this.listening.delete(userid);
    await this.medium.unsubscribe(userid);
    if (!this.listening.has(userid)) this.say(undefined, encodeMoved(this.node, [], [userid]));
  }

  /** How many nodes listen for a user. Rejects when the bus is away. */
  async subscribers(userid: number): Promise<number> {
    const count = await this.medium.subscribers(userid);
    if (count !== undefined) return count;
    return Number(this.listening.has(userid)) + Number(this.remotes.get(userid)?.link !== undefined);
  }

  /** How to reach a user who is not here. After `wait`, `wayChanged` tells when to ask again. */
  way(userid: number): Way {
    const remote = this.remotes.get(userid);
    if (remote === undefined) return 'unknown';
    const { link, at, outstanding, refused } = remote;
    if (refused.length > 0 || (outstanding > 0 && (at !== link || !this.isUp))) return 'wait';
    if (link === undefined || !this.isUp) return 'unknown';
    return link.hasRoom(remote) ? 'open' : 'wait';
  }

  /** Sends to users whose way is open. The letter is told when it has left for each, or comes back. */
  send(userids: readonly number[], letter: Letter): void {
    const [first] = userids;
    if (first === undefined) return;
    if (userids.length === 1) {
      this.sendTo(this.remotes.get(first), letter);
      return;
    }
    const byLink = new Map<Outgoing, Remote[]>();
    for (const userid of userids) {
      const remote = this.remotes.get(userid);
      if (remote?.link === undefined) continue;
      const remotes = byLink.get(remote.link);
      if (remotes === undefined) byLink.set(remote.link, [remote]);
      else remotes.push(remote);
    }
    for (const [link, remotes] of byLink) link.add(ENTRY.message, letter, remotes);
  }

  /** Whether messages to a user are with another node that has not said what became of them. */
  isSettling(userid: number): boolean {
    const remote = this.remotes.get(userid);
    return remote !== undefined && (remote.outstanding > 0 || remote.refused.length > 0);
  }

  /**
   * Publishes to a user whose way is unknown. Resolves with false when nobody got it; otherwise the letter is told
   * once it is known that it was an original node, or, from a node of ours, what became of it.
   */
  async publish(userid: number, letter: Letter): Promise<boolean> {
    if (this.closing || (await this.medium.publish(userid, letter.bytes)) === 0) return false;
    if (this.links.size === 0) letter.done(userid);
    else if (!this.place(userid, letter)) this.unplaced.push([userid, letter]);
    return true;
  }

  /** Tells all nodes that messages for these users are in the store. */
  tellStored(userids: readonly number[]): void {
    this.say(undefined, encodeStored(this.node, userids));
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
    const open = () => [...this.remotes.values()].some(({ outstanding }) => outstanding > 0);
    const deadline = performance.now() + ms;
    while (this.isUp && open() && performance.now() < deadline) {
      await delay(GATHER);
    }
    this.answerAll();
    this.closing = true;
    for (const node of [...this.links.keys()]) this.gone(node);
    for (const [userid, letter] of [...this.unplacedBefore, ...this.unplaced]) letter.done(userid);
    this.isUp = false;
    await this.medium.close();
  }

  private sendTo(remote: Remote | undefined, letter: Letter): void {
    if (remote?.link !== undefined) remote.link.add(ENTRY.message, letter, [remote]);
  }

  private say(node: string | undefined, bytes: Buffer): void {
    if (this.isUp) void this.medium.tell(node, bytes);
  }

  private async greet(): Promise<void> {
    const heard = await this.medium.tell(undefined, this.state(true));
    // Redis counts this node too.
    if (heard - 1 <= this.links.size) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWERS);
      this.greeted = () => {
        if (heard - 1 > this.links.size && this.foreign === undefined) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.greeted = undefined;
  }

  private state(hello: boolean): Buffer {
    const seen = [...this.incoming.values()].map((link) => [link.node, link.seen] as const);
    return encodeState(this.node, { hello, userids: [...this.listening], seen, speech: this.speech });
  }

  private turned(up: boolean): void {
    this.isUp = up;
    if (up) void this.medium.tell(undefined, this.state(true));
    this.events?.changed(up);
  }

  private heard(bytes: Buffer): void {
    const word = decode(bytes);
    if (word === undefined || word.node === this.node) return;
    if (word.kind === 'parcel') this.heardParcel(this.from(word.node), word.number, word.entries);
    else if (word.kind === 'answer') this.links.get(word.node)?.answered(word);
    else if (word.kind === 'moved') this.heardMoved(word.node, word.came, word.left);
    else if (word.kind === 'stored') this.events?.stored(word.userids);
    else if (word.kind === 'taken') this.events?.taken(word.userids);
    else if (word.speech.fingerprint !== this.speech.fingerprint) this.heardForeign(word.node, word);
    else this.heardState(word.node, word);
  }

  private heardParcel(from: Incoming, number: number, entries: Parameters<Incoming['heard']>[1]): void {
    if (from.heard(number, entries)) this.asked.delete(from.node);
    else if (!this.asked.has(from.node)) {
      // One is missing: what this node has seen lets the other send it again.
      this.asked.add(from.node);
      this.say(from.node, this.state(false));
    }
  }

  /** A node says all about itself: it is new, or back, or asks for what it has missed. */
  private heardState(node: string, { hello, userids, seen }: State): void {
    const link = this.linkTo(node);
    const there = new Set(userids);
    for (const remote of this.remotes.values()) {
      if (remote.link === link && !there.has(remote.userid)) this.left(remote);
    }
    this.heardMoved(node, userids, []);
    if (hello) this.say(node, this.state(false));
    this.say(node, encodeAnswer(this.node, this.from(node).answer(true)));
    link.resend(new Map(seen).get(this.node) ?? 0);
    this.greeted?.();
  }

  /** Its clients speak otherwise: the one of the two that starts gives up. */
  private heardForeign(node: string, { hello, speech }: State): void {
    this.foreign = speech;
    if (hello) this.say(node, this.state(false));
    this.greeted?.();
  }

  private heardMoved(node: string, came: readonly number[], left: readonly number[]): void {
    const link = this.linkTo(node);
    const here: number[] = [];
    for (const userid of came) {
      // Two nodes tried to log it in: it is on the one that kept it.
      if (this.events?.isHere(userid)) here.push(userid);
      else this.came(userid, link);
    }
    for (const userid of left) {
      const remote = this.remotes.get(userid);
      if (remote?.link === link) this.left(remote);
      if (this.events?.isHere(userid)) here.push(userid);
    }
    if (here.length > 0) this.say(undefined, encodeMoved(this.node, here, []));
  }

  private came(userid: number, link: Outgoing): void {
    const remote = this.remotes.get(userid);
    if (remote !== undefined) remote.link = link;
    else {
      const fresh = { userid, link, at: link, outstanding: 0, refused: [], waiting: false };
      this.remotes.set(userid, fresh);
    }
    this.events?.wayChanged(userid);
  }

  private left(remote: Remote): void {
    remote.link = undefined;
    if (remote.outstanding > 0 || remote.refused.length > 0) return;
    this.remotes.delete(remote.userid);
    this.events?.wayChanged(remote.userid);
  }

  private linkTo(node: string): Outgoing {
    const known = this.links.get(node);
    if (known !== undefined) return known;
    const link = new Outgoing(node, {
      node: this.node,
      tell: (to, bytes) => this.say(to, bytes),
      settled: (remote) => this.settled(remote),
      roomFor: (remote) => this.roomFor(remote),
      confirmed: (messages, seconds) => this.watch?.confirmed(messages, seconds),
    });
    this.links.set(node, link);
    return link;
  }

  private from(node: string): Incoming {
    const known = this.incoming.get(node);
    if (known !== undefined) return known;
    const link = new Incoming(node, {
      receive: (userid, letter) => this.events?.receive(userid, letter) ?? false,
      confirm: (userid, letter) => this.events?.confirm(userid, letter) ?? false,
      answerSoon: (incoming) => this.answerSoon(incoming),
    });
    this.incoming.set(node, link);
    return link;
  }

  private settled(remote: Remote): void {
    const { refused, at, userid } = remote;
    if (refused.length > 0) {
      remote.refused = [];
      if (at !== undefined && this.links.get(at.node) === at) at.add(ENTRY.resume, undefined, [remote]);
      this.events?.returned(userid, refused);
    }
    if (remote.link === undefined) this.remotes.delete(userid);
    this.roomFor(remote);
  }

  private roomFor(remote: Remote): void {
    remote.waiting = false;
    this.events?.wayChanged(remote.userid);
  }

  /** A node is dead: all that it has not confirmed comes back. */
  private gone(node: string): void {
    const link = this.links.get(node);
    this.incoming.delete(node);
    if (link === undefined) return;
    this.links.delete(node);
    const there = [...this.remotes.values()].filter((remote) => remote.link === link);
    for (const remote of there) remote.link = undefined;
    link.died();
    for (const remote of there) this.left(remote);
  }

  /** Confirms over its link a message that was published to a user whose node was not known. */
  private place(userid: number, letter: Letter): boolean {
    const remote = this.remotes.get(userid);
    if (remote?.link === undefined || (remote.outstanding > 0 && remote.at !== remote.link)) return false;
    remote.link.add(ENTRY.channel, letter, [remote]);
    return true;
  }

  /** By now the node of a user would have said that it is there: the others are on original nodes. */
  private placeUnplaced(): void {
    const old = this.unplacedBefore;
    this.unplacedBefore = this.unplaced;
    this.unplaced = [];
    for (const [userid, letter] of old) if (!this.place(userid, letter)) letter.done(userid);
  }

  private answerSoon(link: Incoming): void {
    this.toAnswer.add(link);
    if (this.gathering) return;
    this.gathering = true;
    void delay(GATHER).then(() => this.answerAll());
  }

  private answerAll(): void {
    this.gathering = false;
    // While the bus is away answers wait: the next state says everything.
    if (!this.isUp) return;
    for (const link of this.toAnswer) this.say(link.node, encodeAnswer(this.node, link.answer(false)));
    this.toAnswer.clear();
  }
}
