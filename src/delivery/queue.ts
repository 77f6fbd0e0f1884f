import type { Bus, Receipt } from '../bus/bus.js';
import type { Message } from '../bus/message.js';
import { guarded, unexpected } from '../net/guard.js';
import { Signal } from '../net/signal.js';
import type { Outcome } from '../ops/metrics.js';
import type { Presence } from './presence.js';
import { type Route, route, type View } from './route.js';
import type { Session, State } from './session.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';
import type { Writer } from './writer.js';

/** The parts that the queues of all users work with. */
export interface QueueParts {
  readonly presence: Presence;
  readonly bus: Bus;
  readonly writer: Writer;
  /** How many messages went which way, per user. */
  readonly outcomes: Record<Outcome, number>;
  /** Gets copies of the messages that wait while the store is away. */
  readonly spool?: Spool | undefined;
  readonly trace?: Trace | undefined;
}

/**
 * For messages to a user who catches up, or to a node that takes no more, the sender's next request waits at most twice
 * this time, in ms. Without an end a reader that does not read would hold up its senders.
 */
export const HOLD_SENDERS = 1000;

/**
 * The states of a user who is here and takes no messages now. Each of them ends by itself, unless the store is away.
 */
const BRIEF: ReadonlySet<State> = new Set<State>(['arriving', 'draining', 'leaving']);

/** The work that is under way with the first messages of a queue. */
type Work = NonNullable<View['busy']>;

/**
 * Messages for one user that could not go on at once, oldest first.
 *
 * 1. Each method that puts a message in also pumps: the messages that can go on go on, by the table in route.ts.
 * 2. While something is in the queue, later messages for the user go behind it.
 * 3. Messages leave the queue in order, and only to the next place that keeps them: a session, another node, the writer.
 *    A foreign message may pass those that are not foreign.
 */
export class Queue {
  /** Each route of route.ts, as the queue takes it. */
  private static readonly ACTS: Readonly<Record<Route, (queue: Queue, view: View) => void>> = {
    deliver: (queue) => queue.deliver(),
    send: (queue) => queue.sendAll(),
    publish: (queue) => queue.publish(),
    store: (queue, { isInFlight }) => void queue.store(queue.take(isInFlight ? isForeign : undefined)),
    wait: ({ parts, userid }) => parts.bus.awaitReach(userid),
  };
  private static readonly NOTE_LATE = guarded('messages that wait', (queue: Queue) => queue.noteLate());
  /** When something began to wait, by `performance.now()`. */
  readonly since = performance.now();
  /** Whether the first messages are being published or stored. All later ones stay behind them. */
  private working: Work | undefined;
  private waiting: Message[] = [];
  private waitingCost = 0;
  private foreign = 0;
  private marks = 0;
  /** Tells that nothing is being published or stored any more. */
  private readonly idle = new Signal();
  /** For each message that goes on by itself: the function that lets its sender go on. */
  private readonly held = new Map<Message, () => void>();
  /** Runs from the first sender that is held until they are let go. */
  private patience: NodeJS.Timeout | undefined;
  /** Whether `patience` has come round since something was published or stored. */
  private isLate = false;
  private readonly userid: number;
  private readonly parts: QueueParts;
  private readonly queues: Map<number, Queue>;

  /** @param queues those of all users: this one takes itself out when it is over */
  constructor(userid: number, parts: QueueParts, queues: Map<number, Queue>) {
    this.userid = userid;
    this.parts = parts;
    this.queues = queues;
    queues.set(userid, this);
  }

  get messages(): readonly Message[] {
    return this.waiting;
  }

  /** The memory that they cost, in bytes. */
  get cost(): number {
    return this.waitingCost;
  }

  /** Whether some of them are being published or stored. */
  get isBusy(): boolean {
    return this.working !== undefined;
  }

  /**
   * Puts a message behind all others.
   *
   * @param session the user's, if it is here
   * @param isNowhere it is known that nobody is subscribed to the user
   */
  put(message: Message, session: Session | undefined, isNowhere: boolean): void {
    const { spool, trace, writer } = this.parts;
    trace?.('waits for its user', this.userid, message.bytes);
    if (spool?.isCopying) spool.copy(this.userid, message);
    this.waiting.push(message);
    this.count(message, 1);
    this.pumpFor(session, isNowhere);
    // Until the message has gone on it is in this process only. If its sender's next request were answered before, the
    // sender would take a message for sent that a crash loses.
    if (this.waiting.at(-1) !== message || !this.goesOnByItself(session)) return;
    const gone = new Promise<void>((resolve) => this.held.set(message, resolve));
    this.patience ??= setInterval(Queue.NOTE_LATE, HOLD_SENDERS, this).unref();
    delaySenders([message], writer.unlessStuck(this.userid, gone));
  }

  /** Puts messages that were on their way and came back before all others. */
  putBefore(messages: readonly Message[]): void {
    for (const { bytes } of messages)
      this.parts.trace?.('came back, and waits before all others', this.userid, bytes);
    this.putBack(messages);
    this.pump();
  }

  /** Takes the first messages: at most `bytes`, and the one that goes beyond that. */
  takeFirst(bytes: number): Message[] {
    let count = 0;
    let taken = 0;
    for (const message of this.waiting) {
      if (taken >= bytes) break;
      taken += message.cost;
      count++;
    }
    const first = this.waiting.splice(0, count);
    for (const message of first) this.count(message, -1);
    this.endIfOver();
    return first;
  }

  /** Stores all of it. Resolves when that is done; or, if some is being published or stored, when it is not any more. */
  storeAll(): Promise<void> {
    return this.working === undefined ? this.store(this.take()) : this.idle.next();
  }

  /** Resolves when none of it is being published: a message that is could come back here behind later ones. */
  async published(): Promise<void> {
    if (this.working === 'publishing') await this.idle.next();
  }

  /** Moves on the messages that wait, if they can go anywhere now. */
  pump(): void {
    this.pumpFor(this.parts.presence.get(this.userid), false);
  }

  private pumpFor(session: Session | undefined, isNowhere: boolean): void {
    const { userid, working } = this;
    if (session === undefined && working === undefined) this.settleMarks();
    if (this.waiting.length > 0) {
      const state = session?.state;
      const way = this.parts.bus.way(userid);
      const view = { ...way, busy: working, state, hasForeign: this.foreign > 0, isNowhere };
      Queue.ACTS[route(view)](this, view);
    }
    if (this.held.size > 0 && !this.goesOnByItself(session)) this.letSendersGoOn();
    this.endIfOver();
  }

  /**
   * Whether the messages go on soon, whatever any client does. A user who catches up may read nothing, and another
   * node may be frozen: senders wait for these for `HOLD_SENDERS` ms, or twice that, and no longer.
   */
  private goesOnByItself(session: Session | undefined): boolean {
    if (this.working !== undefined) return true;
    if (session === undefined) {
      const { isUnclaimed, reach } = this.parts.bus.way(this.userid);
      return isUnclaimed || (!this.isLate && reach === 'later');
    }
    const { state } = session;
    return BRIEF.has(state) || (state === 'catchingUp' && !this.isLate);
  }

  private noteLate(): void {
    this.isLate = true;
    if (!this.goesOnByItself(this.parts.presence.get(this.userid))) this.letSendersGoOn();
  }

  private letSendersGoOn(): void {
    for (const goOn of this.held.values()) goOn();
    this.held.clear();
    clearInterval(this.patience);
    this.patience = undefined;
  }

  /** A live user falls behind first: these messages are older than those that come next. */
  private deliver(): void {
    const session = this.parts.presence.get(this.userid);
    if (session?.state === 'live') session.fallBehind();
    else session?.changed.tell();
  }

  private sendAll(): void {
    const { userid } = this;
    const { bus, outcomes, trace } = this.parts;
    const sent = new Set<Message>();
    // On a medium within the process a message may be acknowledged before the next one is sent.
    this.working = 'sending';
    try {
      for (const message of this.waiting) {
        if (!bus.sendNow(userid, message)) break;
        sent.add(message);
        outcomes.elsewhere++;
        trace?.('goes to the node of its user', userid, message.bytes);
      }
    } finally {
      this.working = undefined;
      this.take((message) => sent.has(message));
    }
    if (this.waiting.length > 0) this.pump();
  }

  /** One at a time: a later message that somebody received would otherwise overtake one that nobody did. */
  private publish(): void {
    const [message] = this.waiting;
    if (message === undefined) return;
    this.working = 'publishing';
    delaySenders([message], this.publishOne(message));
  }

  /** Publishes the first message. When nobody received it, it is stored (DIFFERENCES 9). */
  private async publishOne(message: Message): Promise<void> {
    const { userid } = this;
    const { bus, outcomes, trace } = this.parts;
    trace?.('is published', userid, message.bytes);
    const receipt = await bus.publish(userid, message).catch(notPublished);
    if (receipt === 'received') {
      outcomes.elsewhere++;
      trace?.('was received on the channel of its user', userid, message.bytes);
      this.waiting.splice(this.waiting.indexOf(message), 1);
      this.count(message, -1);
    }
    this.goOn(receipt === 'nobody');
  }

  /** Stores messages that were taken from the queue. Resolves when each is stored, or never can be. */
  private async store(taken: readonly Message[]): Promise<void> {
    const { userid } = this;
    const { writer, trace } = this.parts;
    const messages = taken.filter(({ origin }) => origin !== 'mark');
    this.working = 'storing';
    for (const { bytes } of messages) trace?.('goes into the database', userid, bytes);
    const { stored, released } = writer.storeFor(userid, messages);
    delaySenders(messages, released);
    await stored;
    for (const message of taken) if (message.origin === 'mark') message.settle(userid);
    this.goOn();
  }

  private goOn(isNowhere = false): void {
    this.working = undefined;
    this.isLate = false;
    this.idle.tell();
    const session = this.parts.presence.get(this.userid);
    this.pumpFor(session, isNowhere);
    session?.changed.tell();
  }

  /** The user is gone: then marks have nothing to wait for but foreign messages. */
  private settleMarks(): void {
    if (this.marks === 0 || this.marks < this.foreign) return;
    for (const mark of this.take(({ origin }) => origin === 'mark')) mark.settle(this.userid);
  }

  private putBack(messages: readonly Message[]): void {
    const { spool } = this.parts;
    if (spool?.isCopying) spool.copyBefore(this.userid, messages, this.waiting);
    this.waiting = [...messages, ...this.waiting];
    for (const message of messages) this.count(message, 1);
  }

  /** Takes those that `wanted` is true for, in order; the others stay. */
  private take(wanted: (message: Message) => boolean = () => true): Message[] {
    const taken = this.waiting.filter(wanted);
    this.waiting = this.waiting.filter((message) => !wanted(message));
    for (const message of taken) this.count(message, -1);
    return taken;
  }

  private count(message: Message, one: 1 | -1): void {
    this.waitingCost += one * message.cost;
    if (isForeign(message)) this.foreign += one;
    if (message.origin === 'mark') this.marks += one;
    if (one === 1) return;
    this.held.get(message)?.();
    this.held.delete(message);
  }

  private endIfOver(): void {
    if (this.working !== undefined || this.waiting.length > 0) return;
    this.letSendersGoOn();
    if (this.queues.get(this.userid) === this) this.queues.delete(this.userid);
  }
}

/** Whether a message has come from another node, or on its user's channel. */
function isForeign({ origin }: Message): boolean {
  return origin !== 'client';
}

/** An error that nobody expects: the message is stored, and does not keep others waiting. It may come twice. */
function notPublished(error: unknown): Receipt {
  unexpected(error, 'the publishing of a message');
  return 'nobody';
}

/** The next requests of the senders are handled after `until`: a request may be about an effect of these messages. */
function delaySenders(messages: readonly Message[], until: Promise<unknown>): void {
  for (const { account } of messages) account?.busyUntil(until);
}
