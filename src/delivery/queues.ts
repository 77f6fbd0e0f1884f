import type { Bus, Receipt } from '../bus/bus.js';
import type { Message } from '../bus/message.js';
import { unexpected } from '../net/guard.js';
import type { Outcome } from '../ops/metrics.js';
import type { Presence } from './presence.js';
import { isForeign, Queue } from './queue.js';
import { type Route, route, type View } from './route.js';
import type { Session } from './session.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';
import type { Writer } from './writer.js';

export interface QueuesParts {
  readonly presence: Presence;
  readonly bus: Bus;
  readonly writer: Writer;
  /** How many messages went which way, per user. */
  readonly outcomes: Record<Outcome, number>;
  /** See Queue. */
  readonly spool?: Spool | undefined;
  readonly trace?: Trace | undefined;
}

/**
 * Messages that could not go on at once, in a queue for each user.
 *
 * 1. Whatever puts a message in, pumps: what can go on goes on, by the table in route.ts.
 * 2. While something is in a user's queue, later messages go behind it.
 * 3. Messages leave the queue in order, and only to the next place that keeps them: a session, another node, the writer.
 *    What is foreign may pass what is not.
 */
export class Queues {
  private readonly queues = new Map<number, Queue>();
  private readonly presence: Presence;
  private readonly bus: Bus;
  private readonly writer: Writer;
  private readonly outcomes: Record<Outcome, number>;
  private readonly spool: Spool | undefined;
  private readonly trace: Trace | undefined;

  /** Each route of route.ts, as the queue takes it. */
  private readonly acts: Readonly<
    Record<Route, (userid: number, queue: Queue, session: Session | undefined) => void>
  > = {
    deliver: (_userid, _queue, session) => this.deliver(session),
    send: (userid, queue) => this.sendAll(userid, queue),
    publish: (userid, queue) => this.publish(userid, queue),
    store: (userid, queue) => {
      this.store(userid, queue, queue.take(this.bus.isInFlight(userid) ? isForeign : undefined));
    },
    wait: (userid) => this.bus.awaitReach(userid),
  };

  constructor(parts: QueuesParts) {
    this.presence = parts.presence;
    this.bus = parts.bus;
    this.writer = parts.writer;
    this.outcomes = parts.outcomes;
    this.spool = parts.spool;
    this.trace = parts.trace;
  }

  /** What waits for a user: how many messages, what they cost in bytes, whether some are being published or stored. */
  waiting(userid: number): { count: number; bytes: number; busy: boolean } {
    const queue = this.queues.get(userid);
    return {
      count: queue?.messages.length ?? 0,
      bytes: queue?.cost ?? 0,
      busy: queue?.busy !== undefined,
    };
  }

  /** How many messages wait in all queues. */
  get length(): number {
    let count = 0;
    for (const { messages } of this.queues.values()) count += messages.length;
    return count;
  }

  /** What waits in all queues, in the order of each. */
  *all(): Iterable<readonly [userid: number, message: Message]> {
    for (const [userid, { messages }] of this.queues) for (const message of messages) yield [userid, message];
  }

  /** Since when something has been waiting for some user, by `performance.now()`. */
  get since(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const queue of this.queues.values()) since = Math.min(since, queue.since);
    return since;
  }

  /** Whether a message of a client of this node can go to another node at once. */
  isOpen(userid: number): boolean {
    return (
      !this.queues.has(userid) && this.presence.get(userid) === undefined && this.bus.reach(userid) === 'now'
    );
  }

  /** Sends one message to users whose route is open. */
  send(userids: readonly number[], message: Message): void {
    this.outcomes.elsewhere += userids.length;
    if (this.trace)
      for (const userid of userids) this.trace('goes to the node of its user', userid, message.bytes);
    this.bus.send(userids, message);
  }

  /**
   * Puts a message behind all others for its user.
   *
   * @param isNowhere it is known that nobody is subscribed to the user
   */
  put(userid: number, message: Message, isNowhere = false): void {
    if (message.origin === 'client' && this.isOpen(userid)) {
      this.send([userid], message);
      return;
    }
    const queue = this.queueOf(userid);
    queue.push(message);
    this.pump(userid, isNowhere);
    // It is published or stored as soon as those before it are: its sender's next request comes behind all of that.
    if (queue.messages.at(-1) === message && this.goesOnByItself(userid, queue))
      delaySenders([message], this.writer.unlessStuck(userid, queue.hold(message)));
  }

  /** Puts messages before all others for their user: they were on their way, and came back. */
  putBefore(userid: number, messages: readonly Message[]): void {
    if (messages.length > 0) this.queueOf(userid).pushBefore(messages);
    this.pump(userid);
  }

  /** Takes the first of what waits for a user: at most `bytes`, and the message that goes beyond that. */
  takeFirst(userid: number, bytes: number): Message[] {
    const queue = this.queues.get(userid);
    const messages = queue?.takeFirst(bytes) ?? [];
    if (queue !== undefined) this.drop(userid, queue);
    return messages;
  }

  /** Stores all that waits for a user. Resolves when that is done; or, if some is being published or stored, when it is not. */
  async storeFor(userid: number): Promise<void> {
    const queue = this.queues.get(userid);
    if (queue !== undefined)
      await (queue.busy !== undefined ? queue.idled() : this.store(userid, queue, queue.take()));
  }

  /** Resolves when no message for a user is being published: one that is could come back here behind later ones. */
  async published(userid: number): Promise<void> {
    const queue = this.queues.get(userid);
    if (queue?.busy === 'publishing') await queue.idled();
  }

  /** Moves on what waits for a user, if it can go anywhere now. */
  pump(userid: number, isNowhere = false): void {
    const queue = this.queues.get(userid);
    if (queue === undefined) return;
    const session = this.presence.get(userid);
    if (session === undefined && queue.busy === undefined) queue.settleMarkers();
    if (queue.messages.length === 0) this.drop(userid, queue);
    else this.acts[route(this.view(userid, queue, session, isNowhere))](userid, queue, session);
    if (!this.goesOnByItself(userid, queue)) queue.release();
  }

  /** All users may have other routes now. */
  pumpAll(): void {
    for (const userid of [...this.queues.keys()]) this.pump(userid);
  }

  /** Whether what waits is published or stored soon, whatever any client does: a user who is here may read nothing. */
  private goesOnByItself(userid: number, queue: Queue): boolean {
    return (
      queue.busy !== undefined || (this.presence.get(userid) === undefined && this.bus.isUnclaimed(userid))
    );
  }

  private view(userid: number, queue: Queue, session: Session | undefined, isNowhere: boolean): View {
    const { bus } = this;
    return {
      busy: queue.busy,
      state: session?.state,
      hasForeign: queue.hasForeign,
      isInFlight: bus.isInFlight(userid),
      reach: session === undefined ? bus.reach(userid) : 'unknown',
      isNowhere,
      isUnclaimed: bus.isUnclaimed(userid),
    };
  }

  /** A live user falls behind first: the messages in its queue are older than those that come next. */
  private deliver(session: Session | undefined): void {
    if (session?.state === 'live') session.fallBehind();
    else session?.changed.tell();
  }

  private sendAll(userid: number, queue: Queue): void {
    const messages = queue.take();
    let sent = 0;
    for (const message of messages) {
      if (this.bus.reach(userid) !== 'now') break;
      this.send([userid], message);
      sent++;
    }
    queue.putBack(messages.slice(sent));
    if (sent < messages.length) this.bus.awaitReach(userid);
    this.drop(userid, queue);
  }

  /** One at a time: a later message that somebody received would otherwise overtake one that nobody did. */
  private publish(userid: number, queue: Queue): void {
    const [message] = queue.messages;
    if (message === undefined) return;
    queue.busy = 'publishing';
    delaySenders([message], this.publishOne(userid, queue, message));
  }

  /** Publishes the first message. When nobody received it, it is stored (DIFFERENCES 9). */
  private async publishOne(userid: number, queue: Queue, message: Message): Promise<void> {
    this.trace?.('is published', userid, message.bytes);
    const receipt = await this.bus.publish(userid, message).catch(notPublished);
    if (receipt === 'received') {
      this.outcomes.elsewhere++;
      this.trace?.('was received on the channel of its user', userid, message.bytes);
      queue.remove(message);
    }
    this.goOn(userid, queue, receipt === 'nobody');
  }

  /** Stores messages that were taken from the queue. Resolves when each is stored, or never can be. */
  private async store(userid: number, queue: Queue, taken: readonly Message[]): Promise<void> {
    const messages = taken.filter(({ isMarker }) => !isMarker);
    queue.busy = 'storing';
    for (const { bytes } of messages) this.trace?.('goes into the database', userid, bytes);
    const { stored, settled } = this.writer.storeFor(userid, messages);
    delaySenders(messages, settled);
    await stored;
    for (const message of taken) if (message.isMarker) message.settle(userid);
    this.goOn(userid, queue);
  }

  private goOn(userid: number, queue: Queue, isNowhere = false): void {
    queue.setIdle();
    this.pump(userid, isNowhere);
    this.presence.get(userid)?.changed.tell();
  }

  private queueOf(userid: number): Queue {
    const queue = this.queues.get(userid) ?? new Queue(userid, this.spool, this.trace);
    this.queues.set(userid, queue);
    return queue;
  }

  private drop(userid: number, queue: Queue): void {
    if (queue.busy === undefined && queue.messages.length === 0) this.queues.delete(userid);
  }
}

/** An error that nobody expects: the message is stored, and does not keep others waiting. It may come twice. */
function notPublished(error: unknown): Receipt {
  unexpected(error, 'the publishing of a message');
  return 'nobody';
}

/** Until then the next requests of their senders are not handled: they may be about what these messages bring about. */
function delaySenders(messages: readonly Message[], until: Promise<unknown>): void {
  for (const { account } of messages) account?.busyUntil(until);
}
