import { InFlight, type MessageEntry } from './in-flight.js';
import type { Message } from './message.js';
import { ENTRY } from './wire.js';

/** Shared by all to whom nothing is in flight: a large cluster has very many users elsewhere. */
const NOTHING = new InFlight();
const NONE: readonly Message[] = [];

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
  /** What is in flight costs so many bytes. */
  cost = 0;
  private inFlight = NOTHING;
  private bounced = NONE;

  constructor(userid: number) {
    this.userid = userid;
  }

  /** Whether messages are with another node, or come back from it. */
  get isBusy(): boolean {
    return this.isInFlight || this.bounced.length > 0;
  }

  /** Whether messages are with a node that has not said what became of them. */
  get isInFlight(): boolean {
    return this.inFlight.length > 0;
  }

  /** Whether a message that is sent now stays behind all that were sent before. */
  get isInOrder(): boolean {
    return this.bounced.length === 0 && (!this.isInFlight || this.via === this.node);
  }

  /** The numbers of the entries in flight, oldest first. */
  entries(): readonly number[] {
    return this.inFlight.numbers();
  }

  sent(number: number, entry: MessageEntry, via: string): void {
    this.via = via;
    if (this.inFlight === NOTHING) this.inFlight = new InFlight();
    this.inFlight.push(number, entry);
    this.cost += entry.message.cost;
  }

  /** All up to this entry has left for the user, or is stored. Nothing happens when that is known already. */
  ackUpTo(number: number): void {
    if (this.inFlight.get(number) === undefined) return;
    for (let message = this.shift(number); message !== undefined; message = this.shift(number))
      message.settle(this.userid, 'elsewhere');
  }

  /** The user was not there for this entry, nor for all behind it. Nothing happens when that is known already. */
  bounce(number: number): void {
    const entry = this.inFlight.get(number);
    // What was published on the user's channel is with that node: it stores what it cannot deliver.
    if (entry?.kind === ENTRY.channel) this.ackUpTo(number);
    else if (entry !== undefined) this.bounceFrom(number);
  }

  /** This entry and all behind it come back: they are older than what came back before. */
  bounceFrom(number: number): void {
    const older = this.inFlight.takeFrom(number).map(({ message }) => message);
    for (const { cost } of older) this.cost -= cost;
    this.bounced = [...older, ...this.bounced];
  }

  /** Nothing is in flight any more: takes what has bounced, oldest first. */
  takeBounced(): readonly Message[] {
    const { bounced } = this;
    this.bounced = NONE;
    this.inFlight = NOTHING;
    return bounced;
  }

  /** Takes the oldest in flight, if its number is not above this one. */
  private shift(number: number): Message | undefined {
    const message = this.inFlight.shift(number)?.message;
    this.cost -= message?.cost ?? 0;
    return message;
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

  /** The user is on this node now. */
  came(userid: number, node: string): void {
    const remote = this.remotes.get(userid) ?? new Remote(userid);
    if (remote.node === node) return;
    remote.node = node;
    remote.isOwned = false;
    this.remotes.set(userid, remote);
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
