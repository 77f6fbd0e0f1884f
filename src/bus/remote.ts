import type { Entry } from './bytes.js';
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

/** Shared by all users to whom nothing was ever sent: a large cluster has very many of them. Nothing is put into it. */
const NEVER: SentMessage[] = [];
const NONE: readonly Message[] = [];
/** When this many entries at the front of the array have ended, they are taken out of it. */
const MANY = 256;

/**
 * A user on another node, and what is in flight to it.
 *
 * 1. All that is in flight is with one node (`via`). The user may have left it since.
 * 2. It ends in order: what is acknowledged is acknowledged with all before it, what bounces bounces with all behind it.
 * 3. What has bounced waits until nothing is in flight: only then it can go elsewhere in the order in which it was sent.
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
  /** What is in flight, by rising numbers, behind `ended` entries that are not any more. */
  private entries = NEVER;
  private ended = 0;
  private bounced = NONE;

  constructor(userid: number) {
    this.userid = userid;
  }

  /** Whether messages are with a node that has not said what became of them. */
  get isInFlight(): boolean {
    return this.entries.length > this.ended;
  }

  /** Whether messages are with another node, or come back from it. */
  get isBusy(): boolean {
    return this.entries.length > this.ended || this.bounced.length > 0;
  }

  /** Whether a message that is sent now stays behind all that were sent before. */
  get isInOrder(): boolean {
    return this.bounced.length === 0 && (this.entries.length === this.ended || this.via === this.node);
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
    // What was published on the user's channel is with that node: it stores what it cannot deliver.
    if (entry.kind === ENTRY.channel) this.ackUpTo(number);
    else this.bounceFrom(number);
  }

  /** This entry and all behind it come back: they are older than what came back before. */
  bounceFrom(number: number): void {
    const older = this.entries.splice(this.indexOf(number)).map(({ message }) => message);
    for (const { cost } of older) this.cost -= cost;
    this.bounced = [...older, ...this.bounced];
    this.takeOutEnded();
  }

  /** Nothing is in flight any more: takes what has bounced, oldest first. */
  takeBounced(): readonly Message[] {
    const { bounced } = this;
    this.bounced = NONE;
    return bounced;
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

/** The users of whom it is known on which other node they are, or to whom messages are in flight. */
export class Remotes {
  private readonly remotes = new Map<number, Remote>();

  get(userid: number): Remote | undefined {
    return this.remotes.get(userid);
  }

  /** The users on a node. */
  on(node: string): Remote[] {
    return [...this.remotes.values()].filter((remote) => remote.node === node);
  }

  /** The users for whom messages are with a node, wherever they are by now. */
  inFlightTo(node: string): Remote[] {
    return [...this.remotes.values()].filter((remote) => remote.via === node && remote.isInFlight);
  }

  /** Whether messages are with nodes that have not said what became of them. */
  get areInFlight(): boolean {
    for (const remote of this.remotes.values()) if (remote.isInFlight) return true;
    return false;
  }

  /** The user is on this node now. False when that is known already. */
  came(userid: number, node: string): boolean {
    const remote = this.remotes.get(userid) ?? new Remote(userid);
    if (remote.node === node) return false;
    remote.node = node;
    remote.isOwned = false;
    this.remotes.set(userid, remote);
    return true;
  }

  /** The user is on no other node. False while messages for it are in flight: then it is forgotten behind them. */
  left(remote: Remote): boolean {
    remote.node = undefined;
    return this.forget(remote);
  }

  /** Forgets a user who is nowhere and to whom nothing is in flight. False when that is not so. */
  forget(remote: Remote): boolean {
    if (remote.node !== undefined || remote.isBusy) return false;
    return this.remotes.delete(remote.userid);
  }
}
