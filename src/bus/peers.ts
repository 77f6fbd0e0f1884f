import { Answers } from './answers.js';
import type { BusEvents } from './events.js';
import { Incoming } from './incoming.js';
import { Outgoing } from './outgoing.js';
import type { Remote } from './remote.js';
import { Remotes, takeRefused } from './remotes.js';
import {
  decode,
  ENTRY,
  encodeAnswer,
  encodeClosed,
  encodeMoved,
  encodeState,
  type Parcel,
  type Speech,
  type State,
  type Word,
  type WordOf,
} from './wire.js';

/** What the other nodes of ours are to hear, and what they said. */
export interface PeersHost {
  readonly node: string;
  /** How this node's clients speak. */
  readonly speech: Speech;
  /** The users who are on this node. */
  readonly listening: ReadonlySet<number>;
  events(): BusEvents;
  /** False while no other node can be spoken to. */
  isUp(): boolean;
  /** Speaks to one node, or to all. */
  say(node: string | undefined, bytes: Buffer): void;
  /** It is known now where a user is. */
  found(userid: number): void;
  /** A node has not heard everything, or is dead: what was published may not have been received. */
  missed(): void;
  /** A node has said all about itself. */
  greeted(node: string): void;
  /** A node has so many messages, after so many seconds. */
  confirmed(messages: number, seconds: number): void;
}

/** The other nodes of ours: who is on them, and a link each way to each. */
export class Peers {
  readonly remotes = new Remotes();
  /** How another node's clients speak, if not as this one's. */
  foreign: Speech | undefined;
  private readonly links = new Map<string, Outgoing>();
  private readonly incoming = new Map<string, Incoming>();
  private readonly answers = new Answers((link) => this.answer(link));
  private readonly asked = new Set<string>();
  private epochs = 0;
  private readonly host: PeersHost;
  private readonly handlers: { readonly [Kind in Word['kind']]: (word: WordOf<Kind>) => void } = {
    parcel: (parcel) => this.heardParcel(this.from(parcel.node), parcel),
    answer: (answer) => this.links.get(answer.node)?.answered(answer),
    state: (state) => this.heardState(state.node, state),
    moved: ({ node, came, left }) => this.heardMoved(node, came, left),
    taken: ({ userids }) => this.host.events().taken(userids),
    owned: ({ node, userids }) => this.heardOwned(node, userids),
    closed: ({ node }) => this.end(node),
  };

  constructor(host: PeersHost) {
    this.host = host;
  }

  /** How many there are. */
  get count(): number {
    return this.links.size;
  }

  /** Whether there has never been any. */
  get never(): boolean {
    return this.epochs === 0;
  }

  /** The links to them. */
  all(): Outgoing[] {
    return [...this.links.values()];
  }

  /** All about this node. */
  state(hello: boolean): Buffer {
    const { node, listening, speech } = this.host;
    const seen = [...this.incoming.values()].map((link) => link.seen);
    return encodeState(node, { hello, userids: [...listening], seen, speech });
  }

  /** A node has spoken. */
  heard(bytes: Buffer): void {
    const word = decode(bytes);
    if (word === undefined || word.node === this.host.node) return;
    this.handlers[word.kind](word as never);
  }

  /** This node is cut off from the others. */
  cutOff(): void {
    for (const link of this.incoming.values()) link.cutOff = true;
  }

  /** A node is dead: what it had comes back, and what it was to deliver anew is delivered from here. */
  gone(node: string): void {
    const orphans = this.incoming.get(node)?.orphans ?? [];
    if (this.links.has(node)) this.host.missed();
    this.end(node);
    this.host.events().turned();
    for (const [userid, messages] of orphans) this.host.events().returned(userid, messages);
  }

  private end(node: string): void {
    const link = this.links.get(node);
    this.incoming.delete(node);
    this.asked.delete(node);
    if (link === undefined) return;
    this.links.delete(node);
    const there = this.remotes.on(link);
    for (const remote of there) remote.link = undefined;
    link.died();
    for (const remote of there) this.left(remote);
  }

  /** Answers at once what is to be answered, and takes all nodes for dead. */
  close(): void {
    this.answers.now();
    for (const node of [...this.links.keys()]) this.end(node);
    this.host.say(undefined, encodeClosed(this.host.node));
  }

  private heardParcel(from: Incoming, parcel: Parcel): void {
    if (from.heard(parcel)) this.asked.delete(from.node);
    else if (!this.asked.has(from.node)) {
      // One is missing: what this node has seen lets the other send it again.
      this.asked.add(from.node);
      this.host.say(from.node, this.state(false));
    }
  }

  /** A node says all about itself: it is new, or back, or asks for what it has missed. */
  private heardState(node: string, state: State): void {
    if (state.speech.fingerprint !== this.host.speech.fingerprint) {
      this.heardForeign(node, state);
      return;
    }
    const { hello, userids, seen } = state;
    if (hello && this.links.has(node)) this.host.missed();
    if (hello) this.host.events().turned();
    const link = this.linkTo(node);
    const there = new Set(userids);
    for (const remote of this.remotes.on(link)) if (!there.has(remote.userid)) this.left(remote);
    this.heardOwned(node, userids);
    if (hello) this.host.say(node, this.state(false));
    const from = this.from(node);
    if (this.host.isUp()) from.cutOff = false;
    this.host.say(node, encodeAnswer(this.host.node, from.answer(true)));
    if (!link.resend(seen.find((one) => one.node === this.host.node))) this.relink(link);
    this.host.greeted(node);
  }

  /** Its clients speak otherwise: the one of the two that starts gives up. */
  private heardForeign(node: string, { hello, speech }: State): void {
    this.foreign = speech;
    if (hello) this.host.say(node, this.state(false));
    this.host.greeted(node);
  }

  private heardMoved(node: string, came: readonly number[], left: readonly number[]): void {
    const events = this.host.events();
    const link = this.linkTo(node);
    const here: number[] = [];
    for (const userid of came) {
      // Two nodes tried to log it in: it is on the one that kept it.
      if (events.isHere(userid)) here.push(userid);
      else this.came(userid, link);
    }
    for (const userid of left) {
      const remote = this.remotes.get(userid);
      if (remote?.link === link) this.left(remote);
      if (events.isHere(userid)) here.push(userid);
    }
    if (here.length > 0) this.host.say(undefined, encodeMoved(this.host.node, here, []));
  }

  private heardOwned(node: string, userids: readonly number[]): void {
    this.heardMoved(node, userids, []);
    for (const userid of userids) {
      const remote = this.remotes.get(userid);
      if (remote !== undefined && remote.link === this.links.get(node)) remote.owned = true;
    }
  }

  private came(userid: number, link: Outgoing): void {
    this.remotes.came(userid, link);
    this.host.found(userid);
    this.host.events().wayChanged(userid);
  }

  private left(remote: Remote): void {
    if (this.remotes.left(remote)) this.host.events().wayChanged(remote.userid);
  }

  private linkTo(node: string): Outgoing {
    return this.links.get(node) ?? this.link(node);
  }

  private link(node: string): Outgoing {
    const link = new Outgoing(node, ++this.epochs, {
      node: this.host.node,
      tell: (to, bytes) => this.host.say(to, bytes),
      settled: (remote) => this.settled(remote),
      roomFor: (remote) => this.roomFor(remote),
      confirmed: (messages, seconds) => this.host.confirmed(messages, seconds),
    });
    this.links.set(node, link);
    return link;
  }

  private from(node: string): Incoming {
    const known = this.incoming.get(node);
    if (known !== undefined) return known;
    const events = this.host.events();
    const link = new Incoming(node, {
      receive: (userid, message) => events.receive(userid, message),
      confirm: (userid, message) => events.confirm(userid, message),
      stored: (userids) => events.stored(userids),
      answerSoon: (incoming) => this.answers.soon(incoming),
    });
    this.incoming.set(node, link);
    return link;
  }

  private settled(remote: Remote): void {
    const { at, userid } = remote;
    const refused = takeRefused(remote);
    if (refused.length > 0) {
      if (at !== undefined && this.links.get(at.node) === at) at.add(ENTRY.resume, undefined, [remote]);
      this.host.events().returned(userid, refused);
    }
    this.remotes.forget(remote);
    this.roomFor(remote);
  }

  private roomFor(remote: Remote): void {
    remote.waiting = false;
    this.host.events().wayChanged(remote.userid);
  }

  /** A node has taken this one for dead, and is heard again: what it has not confirmed is delivered anew. */
  private relink(old: Outgoing): void {
    const link = this.link(old.node);
    for (const remote of this.remotes.on(old)) remote.link = link;
    link.addStored(old.untold);
    old.died();
  }

  /** False while the bus is away: the next state says everything. */
  private answer(link: Incoming): boolean {
    const isUp = this.host.isUp();
    if (isUp) this.host.say(link.node, encodeAnswer(this.host.node, link.answer(false)));
    return isUp;
  }
}
