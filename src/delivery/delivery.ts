import { setImmediate as turn } from 'node:timers/promises';
import { Message } from '../bus/message.js';
import type { Account } from '../net/budget.js';
import type { Outcome } from '../ops/metrics.js';
import type { Member, UserState } from '../store/store.js';
import type { Presence } from './presence.js';
import { Queues, type QueuesParts } from './queues.js';
import type { Session } from './session.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';
import type { Writer } from './writer.js';

export interface DeliveryParts extends QueuesParts {
  /** The account of messages that have no sender here. */
  readonly nobody: Account;
}

/** Brings a message to its user: here, on another node, or stored. The one place that decides it. */
export class Delivery {
  /** Messages that could not go on at once. */
  readonly queues: Queues;
  private readonly presence: Presence;
  private readonly writer: Writer;
  private readonly spool: Spool | undefined;
  private readonly nobody: Account;
  private readonly trace: Trace | undefined;
  private readonly outcomes: Record<Outcome, number>;

  constructor(parts: DeliveryParts) {
    this.queues = new Queues(parts);
    this.presence = parts.presence;
    this.writer = parts.writer;
    this.spool = parts.spool;
    this.nobody = parts.nobody;
    this.trace = parts.trace;
    this.outcomes = parts.outcomes;
  }

  /** How many messages wait, those on their way into the store too. */
  get kept(): number {
    return this.writer.length + this.queues.length;
  }

  /** All that `kept` counts, in the order in which it goes on to its users. */
  *waiting(): Iterable<readonly [userid: number, message: Message]> {
    yield* this.writer.all();
    yield* this.queues.all();
  }

  /**
   * Delivers to a user wherever it is, without asking the database (DIFFERENCES 9).
   * Returns nothing, or a promise for when the sender may send more: too much is kept for it.
   */
  deliver(userid: number, bytes: Buffer, account: Account): void | Promise<void> {
    if (this.sendLive(userid, bytes)) return;
    this.queues.put(userid, Message.kept(bytes, account));
    return account.backpressure();
  }

  /** Delivers what a former process of this node left in the spool. Returns how many messages that are. */
  async deliverLeft(): Promise<number> {
    let count = 0;
    for (const page of this.spool?.left() ?? []) {
      for (const filed of page) {
        const message = Message.kept(filed.bytes, this.nobody);
        this.spool?.adopt(message, filed);
        this.queues.put(filed.userid, message);
      }
      count += page.length;
      await turn();
    }
    return count;
  }

  /**
   * Delivers to those members of a group who are live here, or on a node that takes messages now. Returns the others:
   * nothing has been done for them.
   */
  deliverNow<T extends { readonly id: number }>(
    members: readonly T[],
    bytes: Buffer,
    account: Account,
  ): readonly T[] {
    const open: number[] = [];
    const others: T[] = [];
    for (const member of members) {
      if (this.sendLive(member.id, bytes)) continue;
      if (this.queues.isOpen(member.id)) open.push(member.id);
      else others.push(member);
    }
    if (open.length > 0) this.queues.send(open, Message.kept(bytes, account, open.length));
    return others;
  }

  /**
   * Delivers to all members of a group. For those who are offline, and not here, the message is stored. Returns to how
   * many it could not be delivered at once.
   */
  deliverToAll(members: readonly Member[], bytes: Buffer, account: Account): number {
    const others = this.deliverNow(members, bytes, account);
    if (others.length === 0) return 0;
    const message = Message.kept(bytes, account, others.length);
    for (const { id, state } of others) this.queues.put(id, message, state === 'offline');
    return others.length;
  }

  /**
   * Delivers a message that is kept in any case: it is told for each of these users what becomes of it.
   *
   * @param users `offline`: it is known that nobody is subscribed to that user
   */
  deliverTold(users: readonly { readonly id: number; readonly state?: UserState }[], message: Message): void {
    const open: number[] = [];
    for (const { id, state } of users) {
      const session = this.presence.get(id);
      if (session?.state === 'live') {
        session.sendKept(message);
        this.outcomes.here++;
      } else if (this.queues.isOpen(id)) open.push(id);
      else this.queues.put(id, message, state === 'offline');
    }
    if (open.length > 0) this.queues.send(open, message);
  }

  /** Takes a message from another node of ours. False when its user is not here. */
  receive(userid: number, message: Message): boolean {
    const session = this.presence.get(userid);
    if (session === undefined) return false;
    this.trace?.('came from another node', userid, message.bytes);
    if (session.state === 'live') session.sendKept(message);
    else this.queues.put(userid, message);
    return true;
  }

  /** Takes a message that was published for a user of this node (PROTOCOL.md section 6). */
  receivePublished(userid: number, bytes: Buffer): void {
    // There is nothing to deliver. A message without bytes would be taken for a marker.
    if (bytes.length === 0) return;
    this.trace?.('came on the channel of its user', userid, bytes);
    if (this.sendLive(userid, bytes)) return;
    this.queues.put(userid, Message.kept(bytes, this.nobody, 1, 'channel'));
  }

  /** Settles the marker once all that came for the user so far has left or is stored. False when it is not here. */
  receiveMarker(userid: number, marker: Message): boolean {
    const session = this.presence.get(userid);
    // For a user who has left, the messages that the marker asks for may be being published or stored.
    if (session === undefined && !this.queues.waiting(userid).busy) return false;
    if (session?.state === 'live') session.sendKept(marker);
    else this.queues.put(userid, marker);
    return true;
  }

  /** Messages that were on their way and did not arrive: before all others for their user. */
  takeBack(userid: number, messages: readonly Message[]): void {
    this.queues.putBefore(userid, messages);
  }

  /** draining -> leaving: from now on messages for the user are stored, first those that its connection did not send. */
  leave(session: Session): void {
    this.queues.putBefore(session.id, session.leave());
  }

  /** Gives the first messages of a user's queue to its connection: at most `bytes`, and one message beyond that. */
  sendWaiting(session: Session, bytes: number): void {
    for (const message of this.queues.takeFirst(session.id, bytes)) session.sendKept(message);
  }

  /**
   * Stores all that waits for a user who reads too slowly. What its connection has not taken yet is older, so it is
   * stored first, and deleted when it has left all the same.
   */
  spill(session: Session): Promise<void> {
    this.queues.putBefore(session.id, session.spill());
    return this.queues.storeFor(session.id);
  }

  private sendLive(userid: number, bytes: Buffer): boolean {
    if (this.presence.get(userid)?.send(bytes) !== true) return false;
    this.outcomes.here++;
    return true;
  }
}
