import { setImmediate } from 'node:timers/promises';
import { coalesce } from '../store/coalesce.js';
import { type Announcement, channelOfNode } from './announcement.js';
import { fingerprint } from './fingerprint.js';
import { Pending } from './pending.js';

interface Around {
  /** How many nodes subscribe to each of these channels. Rejects when the bus is away. */
  subscribers(channels: readonly string[]): Promise<number[]>;
  /** Whether the bus has been there for so long that all others that live are subscribed again. */
  settled(): boolean;
  /** See BusEvents. */
  undelivered(userid: number, message: Buffer): void | Promise<void>;
}

/**
 * What a sender keeps until it is known to have arrived (DIFFERENCES 18): a node of ours that dies with
 * messages it has not delivered leaves them with those who published them.
 *
 * Duplicates are preferred to losses. A node is dead when its channel has no subscriber, and that is asked only
 * when the bus is settled. So a node alone whose connection breaks counts as dead, although it may still
 * deliver what it has; after Redis was away for all, receipts come first, and what has one is not delivered twice.
 */
export class Receipts {
  private readonly around: Around;
  private readonly pending = new Pending();
  /** The other nodes of ours, and some that are dead. */
  private readonly others = new Set<string>();
  /** Which of them a user is on. Users of original nodes are not here. */
  private readonly homes = new Map<number, string>();
  /** What is being delivered anew: it is published too, and must not wait for itself. */
  private readonly anew = new Set<Buffer>();
  /** The check that answers wait for. */
  private checking: Promise<void> | undefined;

  constructor(around: Around) {
    this.around = around;
  }

  /** Whether no other node of ours is known. */
  get alone(): boolean {
    return this.others.size === 0;
  }

  /** A message is being published. Returns its key when it is kept, for `answered`. */
  sent(userid: number, message: Buffer): number | undefined {
    const home = this.homes.get(userid);
    if (home === undefined) return undefined;
    const key = fingerprint(userid, message);
    this.pending.add(key, { userid, message, home });
    return key;
  }

  /**
   * Redis has answered: so many nodes got the message. When none did, its user's node may have died: what that
   * had not delivered is delivered first, so that the order is kept. Returns a promise to wait for, or nothing.
   */
  answered(
    userid: number,
    message: Buffer,
    sent: number | undefined,
    count: number,
  ): Promise<void> | undefined {
    if (sent !== undefined) this.pending.answered(sent, count > 0);
    else if (count > 0 && !this.alone) void this.sentUnknown(userid, message);
    if (count > 0 || this.anew.has(message)) return undefined;
    if (sent !== undefined) this.checkBefore();
    // Also who is published to without a known home waits: its message may come after one that had a home.
    return this.checking;
  }

  private checkBefore(): void {
    const checking = this.check().finally(() => {
      if (this.checking === checking) this.checking = undefined;
    });
    this.checking = checking;
  }

  /** Somebody received a message; if the user has only just come, its node's word is next to be read. */
  private async sentUnknown(userid: number, message: Buffer): Promise<void> {
    await setImmediate();
    const sent = this.sent(userid, message);
    if (sent !== undefined) this.pending.answered(sent, true);
  }

  /** Another node spoke. Returns whether it must be told who is here: it asks, or was not known. */
  heard({ node, hello, taken, came, left }: Announcement): boolean {
    const asks = hello || !this.others.has(node);
    this.others.add(node);
    for (const key of taken) this.pending.taken(key);
    if (hello) this.forget(new Set([node]));
    for (const userid of came) this.homes.set(userid, node);
    for (const userid of left) if (this.homes.get(userid) === node) this.homes.delete(userid);
    return asks;
  }

  /** The bus was away: who has come and left is unknown until the others have told. */
  forgetHomes(): void {
    this.homes.clear();
  }

  /** To be called regularly: finds the dead. Forgets what was published so many calls ago. Never rejects. */
  round(rounds: number): Promise<void> {
    this.pending.nextRound(rounds);
    return this.check();
  }

  /** Delivers anew what is with dead nodes. Resolves when that is done; never rejects. */
  private readonly check = coalesce(async () => {
    const nodes = [...this.others];
    if (nodes.length === 0 || !this.around.settled()) return;
    const counts = await this.around.subscribers(nodes.map(channelOfNode)).catch(() => []);
    const dead = new Set(nodes.filter((_, i) => counts[i] === 0));
    if (dead.size === 0) return;
    // Whoever published before this question has its answer by then.
    await setImmediate();
    for (const node of dead) this.others.delete(node);
    this.forget(dead);
    const lost = this.pending.takeFrom(dead);
    for (const { message } of lost) this.anew.add(message);
    await Promise.all(lost.map(({ userid, message }) => this.around.undelivered(userid, message)));
    for (const { message } of lost) this.anew.delete(message);
  });

  private forget(nodes: ReadonlySet<string>): void {
    for (const [userid, home] of this.homes) if (nodes.has(home)) this.homes.delete(userid);
  }
}
