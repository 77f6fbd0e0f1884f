import { setImmediate as turn } from 'node:timers/promises';
import { Message } from '../bus/message.js';
import type { Account } from '../net/budget.js';
import { InTurn } from '../net/in-turn.js';
import type { Member, UserState } from '../store/store.js';
import { Crowds } from './crowds.js';
import { Queue, type QueueParts } from './queue.js';
import type { Session } from './session.js';

export interface DeliveryParts extends QueueParts {
  /** The account of messages that have no sender here. */
  readonly nobody: Account;
}

/** Who is to get a message; `offline`: it is known that nobody is subscribed to that user. */
interface Receiver {
  readonly id: number;
  readonly state?: UserState;
}

/**
 * The most members of groups who are served in one turn of the event loop. Who is live here takes half a microsecond. A
 * group of 50 who all write at once is served in one turn, so that each of them gets all 49 messages in one write.
 */
const HERE_AT_ONCE = 10_000;
const ELSEWHERE_AT_ONCE = 1000;

/** Brings a message to its user: here, on another node, or stored. The one place that decides it. */
export class Delivery {
  /** By user: messages that could not go on at once. */
  private readonly queues = new Map<number, Queue>();
  private readonly here = new Crowds(HERE_AT_ONCE);
  private readonly elsewhere = new Crowds(ELSEWHERE_AT_ONCE);
  /** Those that `pumpAll` has not come to yet. */
  private readonly toPump = new Set<Queue>();
  private readonly pumping = new InTurn('messages that go on');
  private readonly parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.parts = parts;
  }

  /** How many messages wait, those on their way into the store too. */
  get kept(): number {
    let count = this.parts.writer.length;
    for (const { messages } of this.queues.values()) count += messages.length;
    return count;
  }

  /** When the message that has waited the longest began to wait, by `performance.now()`; Infinity when none waits. */
  get since(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const queue of this.queues.values()) since = Math.min(since, queue.since);
    return since;
  }

  /** All that `kept` counts, in the order in which it goes on to its users. */
  *allKept(): Iterable<readonly [userid: number, message: Message]> {
    yield* this.parts.writer.all();
    for (const [userid, { messages }] of this.queues) for (const message of messages) yield [userid, message];
  }

  /**
   * The messages that wait for a user: their number, their cost in bytes, whether some are being published or stored.
   */
  waiting(userid: number): { count: number; bytes: number; busy: boolean } {
    const queue = this.queues.get(userid);
    if (queue === undefined) return { count: 0, bytes: 0, busy: false };
    return { count: queue.messages.length, bytes: queue.cost, busy: queue.isBusy };
  }

  /**
   * Delivers to a user wherever it is, without asking the database (DIFFERENCES 9).
   * Returns nothing, or a promise for when the sender may send more: too much is kept for it.
   */
  deliver(userid: number, bytes: Buffer, account: Account): void | Promise<void> {
    const { presence, outcomes } = this.parts;
    const session = presence.get(userid);
    if (session?.send(bytes) === true) return void outcomes.here++;
    this.putFor(userid, session, Message.kept(bytes, account));
    return account.backpressure();
  }

  /** Delivers the messages that a former process of this node left in the spool. Returns their number. */
  async deliverLeft(): Promise<number> {
    const { spool, nobody } = this.parts;
    let count = 0;
    for (const page of spool?.left() ?? []) {
      for (const filed of page) {
        const message = Message.kept(filed.bytes, nobody);
        spool?.adopt(message, filed);
        this.put(filed.userid, message);
      }
      count += page.length;
      await turn();
    }
    return count;
  }

  /**
   * Delivers to those members of a group who are live here, or on a node that takes messages now. Returns the others:
   * nothing has been done for them. Of very many members a promise for that.
   */
  deliverNow<T extends { readonly id: number }>(
    members: readonly T[],
    bytes: Buffer,
    account: Account,
  ): readonly T[] | Promise<readonly T[]> {
    const { presence, outcomes } = this.parts;
    const away: T[] = [];
    const live = this.here.each(members, (some) => {
      for (const member of some) {
        if (presence.get(member.id)?.send(bytes) === true) outcomes.here++;
        else away.push(member);
      }
    });
    const send = () => {
      const { reachable, others } = this.byReach(away);
      if (reachable.length > 0) this.sendAway(reachable, Message.kept(bytes, account, reachable.length));
      return others;
    };
    return live === undefined ? send() : live.then(send);
  }

  /**
   * Delivers to all members of a group. For those who are offline, and not here, the message is stored. Returns to how
   * many it could not be delivered at once; of very many members a promise for that.
   */
  deliverToAll(members: readonly Member[], bytes: Buffer, account: Account): number | Promise<number> {
    const others = this.deliverNow(members, bytes, account);
    if ('then' in others) return others.then((left) => this.putForAll(left, bytes, account));
    return this.putForAll(others, bytes, account);
  }

  /**
   * Delivers a message that is kept in any case: it is told for each of these users what becomes of it. Returns nothing,
   * or, of very many users, a promise for when it is on its way to all.
   *
   * @param users `offline`: it is known that nobody is subscribed to that user
   */
  deliverTold(users: readonly Receiver[], message: Message): void | Promise<void> {
    const away: Receiver[] = [];
    const live = this.here.each(users, (some) => {
      for (const user of some) {
        const session = this.parts.presence.get(user.id);
        if (session?.state !== 'live') away.push(user);
        else {
          session.sendKept(message);
          this.parts.outcomes.here++;
        }
      }
    });
    const send = () => {
      const { reachable, others } = this.byReach(away);
      if (reachable.length > 0) this.sendAway(reachable, message);
      return this.putEach(others, message);
    };
    return live === undefined ? send() : live.then(send);
  }

  /** Takes a message from another node of ours, or a mark. False when its user is not here. */
  receive(userid: number, message: Message): boolean {
    const session = this.parts.presence.get(userid);
    // The messages before a mark may still be published or stored for a user who has left: then the mark waits for
    // them.
    if (session === undefined && !(message.origin === 'mark' && this.waiting(userid).busy)) return false;
    this.parts.trace?.('came from another node', userid, message.bytes);
    message.charge(this.parts.nobody);
    if (session?.state === 'live') session.sendKept(message);
    else this.putFor(userid, session, message);
    return true;
  }

  /** Takes a message that was published for a user of this node (PROTOCOL.md section 6). */
  receivePublished(userid: number, bytes: Buffer): void {
    // An empty message is none: there is nothing to deliver.
    if (bytes.length === 0) return;
    const { presence, outcomes, nobody, trace } = this.parts;
    trace?.('came on the channel of its user', userid, bytes);
    const session = presence.get(userid);
    if (session?.send(bytes) === true) outcomes.here++;
    else this.putFor(userid, session, Message.kept(bytes, nobody, 1, 'channel'));
  }

  /** Messages that were on their way and did not arrive: before all others for their user. */
  takeBack(userid: number, messages: readonly Message[]): void {
    if (messages.length > 0) this.queueOf(userid).putBefore(messages);
    else this.pump(userid);
  }

  /**
   * Puts a message behind all others for its user.
   *
   * @param isNowhere it is known that nobody is subscribed to the user
   */
  put(userid: number, message: Message, isNowhere = false): void {
    this.putFor(userid, this.parts.presence.get(userid), message, isNowhere);
  }

  /** draining -> leaving: from now on messages for the user are stored, first those that its connection did not send. */
  leave(session: Session): void {
    this.takeBack(session.id, session.leave());
  }

  /** Gives the first messages of a user's queue to its connection: at most `bytes`, and one message beyond that. */
  sendWaiting(session: Session, bytes: number): void {
    for (const message of this.queues.get(session.id)?.takeFirst(bytes) ?? []) session.sendKept(message);
  }

  /**
   * Stores all messages that wait for a slow consumer. Those that its connection has not taken yet are older: they
   * are stored first, and deleted when they have left all the same.
   */
  spill(session: Session): Promise<void> {
    this.takeBack(session.id, session.spill());
    return this.storeFor(session.id);
  }

  /**
   * Stores all messages that wait for a user. Resolves when that is done; or, if some are being published or stored,
   * when that ends.
   */
  async storeFor(userid: number): Promise<void> {
    await this.queues.get(userid)?.storeAll();
  }

  /** Resolves when no message for a user is being published: one that is could come back here behind later ones. */
  async published(userid: number): Promise<void> {
    await this.queues.get(userid)?.published();
  }

  /** Moves on the messages that wait for a user, if they can go anywhere now. */
  pump(userid: number): void {
    this.queues.get(userid)?.pump();
  }

  /**
   * A user, or any user, may be reached in another way now: its messages go on, and so does a catching up that waits.
   */
  reachChanged(userid?: number): void {
    if (userid === undefined) void this.pumpAll();
    else {
      this.pump(userid);
      this.parts.presence.get(userid)?.changed.tell();
    }
  }

  /**
   * All users may be reached in other ways now: what waits for some of them goes on in each turn of the event loop.
   * Resolves when all of it that can has gone on.
   */
  pumpAll(): Promise<void> {
    for (const queue of this.queues.values()) {
      if (this.toPump.has(queue)) continue;
      this.toPump.add(queue);
      this.pumping.add(() => {
        this.toPump.delete(queue);
        queue.pump();
      });
    }
    return this.pumping.done();
  }

  private putForAll(users: readonly Receiver[], bytes: Buffer, account: Account): number | Promise<number> {
    const { length } = users;
    if (length === 0) return 0;
    const put = this.putEach(users, Message.kept(bytes, account, length));
    return put === undefined ? length : put.then(() => length);
  }

  private putEach(users: readonly Receiver[], message: Message): void | Promise<void> {
    return this.elsewhere.each(users, (some) => {
      for (const { id, state } of some) this.put(id, message, state === 'offline');
    });
  }

  /** Who can be reached on another node at this moment, and who cannot. */
  private byReach<T extends { readonly id: number }>(users: readonly T[]) {
    const reachable: number[] = [];
    const others: T[] = [];
    for (const user of users) {
      if (this.isReachable(user.id, this.parts.presence.get(user.id))) reachable.push(user.id);
      else others.push(user);
    }
    return { reachable, others };
  }

  /** Whether a message of a client of this node can go to another node at once. */
  private isReachable(userid: number, session: Session | undefined): boolean {
    return session === undefined && !this.queues.has(userid) && this.parts.bus.reach(userid) === 'now';
  }

  /** A message of a client goes to the node of its user at once, if nothing is before it; any other waits. */
  private putFor(userid: number, session: Session | undefined, message: Message, isNowhere = false): void {
    const { bus, outcomes, trace } = this.parts;
    const isFirst = session === undefined && !this.queues.has(userid);
    if (isFirst && message.origin === 'client' && bus.sendNow(userid, message)) {
      outcomes.elsewhere++;
      trace?.('goes to the node of its user', userid, message.bytes);
    } else this.queueOf(userid).put(message, session, isNowhere);
  }

  /** Sends one message to members of a group who are reachable. */
  private sendAway(userids: readonly number[], message: Message): void {
    const { outcomes, trace, bus } = this.parts;
    outcomes.elsewhere += userids.length;
    if (trace) for (const userid of userids) trace('goes to the node of its user', userid, message.bytes);
    bus.sendToAll(userids, message);
  }

  private queueOf(userid: number): Queue {
    return this.queues.get(userid) ?? new Queue(userid, this.parts, this.queues);
  }
}
