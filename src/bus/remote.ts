import { InTurn } from '../net/in-turn.js';
import { Signal } from '../net/signal.js';
import type { Entry } from './bytes.js';
import type { LocalNode } from './local.js';
import type { Message } from './message.js';
import { ENTRY } from './wire.js';

/** An entry of a batch that was sent, with the message that it is about. */
export interface SentMessage extends Entry {
  /** See entryNumber. */
  readonly number: number;
  kind: number;
  bytes: Buffer;
  readonly message: Message;
}

/** A message that was published to a user whose node was not known. */
export interface Published {
  readonly message: Message;
  /** How many beats there had been. */
  readonly beat: number;
}

/** Shared by all users to whom nothing was ever sent: a large cluster has very many of them. Nothing is put into it. */
const NEVER: SentMessage[] = [];
const NONE: readonly never[] = [];
/** When this many entries at the front of the array have ended, they are taken out of it. */
const MANY = 256;
/** What is in flight was with a node that has ended. No node has this name. */
const LOST = '';

/**
 * A user on another node, and all that is known of messages on their way to the user: they are in flight, they come back,
 * or they were published and nobody is known to have them.
 *
 * 1. All that is in flight is with one node (`via`). The user may have left it since.
 * 2. It ends in order: what is acknowledged is acknowledged with all before it, what bounces bounces with all behind it.
 * 3. Messages that come back wait until nothing is in flight: only then they can go elsewhere in their order.
 */
export class Remote {
  readonly userid: number;
  /** The node where the user is; undefined when it is on none of ours. */
  node: string | undefined;
  /** Whether its node has let it in. Before that the user is only being logged in there. */
  isOwned = false;
  /** The node that has what is in flight. */
  via: string | undefined;
  /** The memory that what is in flight costs, in bytes. */
  cost = 0;
  /** See published. */
  private unclaimed: readonly Published[] = NONE;
  /** The entries in flight, by rising numbers, behind `ended` entries that are not in flight any more. */
  private entries = NEVER;
  private ended = 0;
  /** Messages that come back, oldest first: they have bounced, their node has died, or perhaps nobody has got them. */
  private returning: readonly Message[] = NONE;

  constructor(userid: number) {
    this.userid = userid;
  }

  /** The user is on this node now. False when that is known already. */
  came(node: string): boolean {
    if (this.node === node) return false;
    this.node = node;
    this.isOwned = false;
    return true;
  }

  /** Whether messages are with a node that has not said what became of them. */
  get isInFlight(): boolean {
    return this.inFlight > 0;
  }

  /** How many messages are with a node that has not said what became of them. */
  get inFlight(): number {
    return this.entries.length - this.ended;
  }

  /** Whether messages come back. */
  get isReturning(): boolean {
    return this.returning.length > 0;
  }

  /** Messages that were published to the user and nobody is known to have, oldest first. */
  get published(): readonly Published[] {
    return this.unclaimed;
  }

  /** From now on nobody is known to have these. */
  setPublished(published: readonly Published[]): void {
    this.unclaimed = published;
  }

  /** Whether a message was published to it that may still come back. */
  get isUnclaimed(): boolean {
    return this.unclaimed.length > 0;
  }

  /** Whether any message is on its way to the user. */
  get isBusy(): boolean {
    return this.entries.length > this.ended || this.returning.length > 0 || this.unclaimed.length > 0;
  }

  /** Whether a message that is sent now stays behind all that were sent before. */
  get isInOrder(): boolean {
    return this.returning.length === 0 && (this.entries.length === this.ended || this.via === this.node);
  }

  /** The numbers of the entries in flight, oldest first. */
  numbers(): number[] {
    return this.entries.slice(this.ended).map(({ number }) => number);
  }

  /** A message is on its way to the user over a node. */
  sent(entry: SentMessage, via: string): void {
    this.via = via;
    if (this.entries === NEVER) this.entries = [];
    this.entries.push(entry);
    this.cost += entry.message.cost;
  }

  /** All up to this entry has left for the user, or is stored. Nothing happens when that is known already. */
  ackUpTo(number: number): void {
    const last = this.indexOf(number);
    if (this.entries[last]?.number !== number) return;
    const done = this.entries.slice(this.ended, last + 1);
    this.ended = last + 1;
    this.takeOutEnded();
    for (const { message } of done) {
      this.cost -= message.cost;
      message.settle(this.userid, 'elsewhere');
    }
  }

  /** The user was not there for this entry, nor for all behind it. Nothing happens when that is known already. */
  bounce(number: number): void {
    const entry = this.entries[this.indexOf(number)];
    if (entry?.number !== number) return;
    // That node has the message from the user's channel: it stores one that it cannot deliver.
    if (entry.kind === ENTRY.channel) this.ackUpTo(number);
    else this.bounceFrom(number);
  }

  /** This entry and all behind it come back: they are older than what came back before. */
  bounceFrom(number: number): void {
    const older = this.entries.splice(this.indexOf(number)).map(({ message }) => message);
    for (const { cost } of older) this.cost -= cost;
    this.returning = [...older, ...this.returning];
    this.takeOutEnded();
  }

  /**
   * The node that has what is in flight has ended. Until `bounceLost` nothing newer is sent to the user, and the node may
   * come back under its name.
   */
  lose(): void {
    this.via = LOST;
  }

  /** What was lost comes back. */
  bounceLost(): void {
    if (this.via === LOST) this.bounceFrom(0);
  }

  /** These come back, too, behind all that do already. */
  addReturning(messages: readonly Message[]): void {
    this.returning = [...this.returning, ...messages];
  }

  /** Nothing is in flight any more: takes what comes back, oldest first. */
  takeReturning(): readonly Message[] {
    const { returning } = this;
    this.returning = NONE;
    return returning;
  }

  /** The index of the first entry in flight whose number is not below this one. */
  private indexOf(number: number): number {
    let [low, high] = [this.ended, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle]?.number ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private takeOutEnded(): void {
    if (this.ended < MANY && this.ended < this.entries.length) return;
    if (this.ended > 0) this.entries.splice(0, this.ended);
    this.ended = 0;
  }
}

/**
 * The users of whom it is known on which other node they are, or to whom messages are on their way.
 *
 * 1. A node that dies may have had messages of tens of thousands of users: they come back for some users in each turn of
 *    the event loop. All at once would hold up everybody else.
 * 2. Until the messages of a user have come back nothing newer may go to the user: it is reached later (Remote.isInOrder).
 */
export class Remotes {
  /** Tells that nothing is in flight to some user any more, or comes back to any; that a node has ended, or the medium is away. */
  readonly drained = new Signal();
  private readonly remotes = new Map<number, Remote>();
  private readonly turns = new InTurn('messages that come back');
  /** For how many users something comes back in a turn of its own. */
  private returning = 0;
  private readonly local: Pick<LocalNode, 'events'>;

  constructor(local: Pick<LocalNode, 'events'>) {
    this.local = local;
  }

  get(userid: number): Remote | undefined {
    return this.remotes.get(userid);
  }

  /** The same, and makes it known when it is not. */
  of(userid: number): Remote {
    const remote = this.remotes.get(userid) ?? new Remote(userid);
    this.remotes.set(userid, remote);
    return remote;
  }

  /** The users on a node. */
  on(node: string): Remote[] {
    return this.those((remote) => remote.node === node);
  }

  /** The users for whom messages are with a node, wherever they are by now. */
  inFlightTo(node: string): Remote[] {
    return this.those((remote) => remote.via === node && remote.isInFlight);
  }

  /** How many messages are with nodes that have not said what became of them: for each user. */
  get inFlight(): number {
    let count = 0;
    for (const remote of this.remotes.values()) count += remote.inFlight;
    return count;
  }

  /** Whether messages are with nodes that have not said what became of them, or come back. */
  get areInFlight(): boolean {
    if (this.returning > 0) return true;
    for (const remote of this.remotes.values()) if (remote.isInFlight) return true;
    return false;
  }

  /** A user has left this node: it is on no other. It is forgotten behind the messages that are in flight or come back. */
  left(userid: number, node: string): void {
    const remote = this.remotes.get(userid);
    if (remote?.node !== node) return;
    remote.node = undefined;
    this.endIfIdle(remote);
  }

  /** A node has ended: its users are on no other. What waits for some of them goes on in each turn of the event loop. */
  nodeEnded(node: string): void {
    const there = this.on(node);
    for (const remote of there) remote.node = undefined;
    // When its turn comes a user may be on another node, or be forgotten and known anew.
    this.turns.addEach(there, (remote) => {
      if (remote.node === undefined && this.remotes.get(remote.userid) === remote) this.endIfIdle(remote);
    });
  }

  /** All that is in flight to a node comes back, as the node has ended, or has forgotten this one. */
  lost(node: string): void {
    for (const remote of this.inFlightTo(node)) {
      remote.lose();
      this.giveBack(remote.userid);
    }
  }

  /** Forgets a user who is nowhere and to whom nothing is on its way. */
  forget(remote: Remote): void {
    if (remote.node === undefined && !remote.isBusy) this.remotes.delete(remote.userid);
  }

  /** The messages that come back to a user are delivered anew soon, and these behind them. */
  giveBack(userid: number, messages: readonly Message[] = NONE): void {
    if (messages.length > 0) this.of(userid).addReturning(messages);
    this.returning++;
    this.turns.add(() => {
      this.returning--;
      this.ended(userid);
    });
  }

  /** Resolves when all messages have come back. */
  returned(): Promise<void> {
    return this.turns.done();
  }

  /** Messages in flight to a user have ended: if they were the last, those that come back can go elsewhere. */
  ended(userid: number): void {
    const { events } = this.local;
    const remote = this.remotes.get(userid);
    if (remote !== undefined) {
      remote.bounceLost();
      const messages = remote.isInFlight ? NONE : remote.takeReturning();
      if (messages.length > 0) events.returned(userid, messages);
      this.forget(remote);
    }
    events.reachChanged(userid);
    if (this.returning === 0) this.drained.tell();
  }

  /** Without a list of all users, of whom a large cluster has very many. */
  private those(areMeant: (remote: Remote) => boolean): Remote[] {
    const found: Remote[] = [];
    for (const remote of this.remotes.values()) if (areMeant(remote)) found.push(remote);
    return found;
  }

  /** The user is on no node of ours. While something is on its way to it, that it ends tells when it is reached anew. */
  private endIfIdle(remote: Remote): void {
    this.forget(remote);
    if (!remote.isInFlight && !remote.isReturning) this.local.events.reachChanged(remote.userid);
  }
}
