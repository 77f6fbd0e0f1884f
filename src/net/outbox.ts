import type { Writable } from 'node:stream';
import type { Account, Budget } from './budget.js';
import { type Flushable, flushLater } from './flusher.js';
import { type Frame, framed } from './frames.js';
import { Pacer } from './pacer.js';
import { Reader } from './reader.js';
import { Signal } from './signal.js';
import type { SocketTable } from './socket-table.js';
import { Unconfirmed } from './unconfirmed.js';

/** Is told the outcome of a message: one of the two is called, once. */
export interface SendListener {
  /** The receiver: a user of the connection. */
  readonly userid: number;
  /** The network has taken it; where the client says what it has, the client has it. */
  sent(): void;
  /** Its connection ended before. */
  unsent(bytes: Buffer): void;
}

export interface OutboxLimits {
  /** The least time between two writes, in ms; 0 puts all that is ready into one write (DIFFERENCES 12). */
  readonly pace: number;
  /** The bytes around each message. */
  readonly frame?: Frame | undefined;
  /** Shows whether readers on this machine have read (DIFFERENCES 12). */
  readonly sockets?: SocketTable | undefined;
  /** At most this many bytes wait for a reader that is too slow: beyond that its connection is ended. */
  readonly maxWaiting: number;
  /** With more bytes than this the reader is behind: messages to it shall wait elsewhere. */
  readonly behind: number;
  /** The clock of the pace, in ms, unless it is that of the process. */
  readonly now?: () => number;
}

/** The events of an outbox, for its owner. */
export interface OutboxEvents {
  /** More than `behind` waits. Called again and again while it does. */
  slow(): void;
  /** More than `maxWaiting` waits; the owner then ends the connection. Called once. */
  overflow(): void;
  /** Everything has left. */
  idle(): void;
  /** The account of the client, on which the waiting messages are. */
  readonly account: Account;
  /** Something went wrong that nobody expected; the owner then ends the connection. */
  failed(error: unknown): void;
}

/** How soon the outbox looks again whether its messages wait for the pace only, in ms. */
const AGAIN = 250;

/** How soon the outbox looks again whether the reader has read the last write, in ms: at first, and at most. */
const LOOK_AGAIN = { first: 5, most: 160 };

/**
 * At most this part of `maxWaiting` waits for the pace: a client with more than that does not read message by
 * message.
 */
const PACED_PART = 1 / 8;

/** What a client says to have: how much that is, and what tells it how much does not come again. */
interface Confirming {
  readonly unconfirmed: Unconfirmed;
  readonly known: (bytes: number) => Buffer;
  /** So much it was told. */
  told: number;
}

/**
 * The messages to one client, in order. Without a pace: one write per turn of the event loop, and while the
 * network does not take it, no further one. With a pace: one message per write, and a gap between them, in which the
 * reader must have read the one before, if that can be seen.
 */
export class Outbox implements Flushable {
  /** The messages that wait, and those that the network has been given and has not taken yet. */
  private queue: Outgoing | undefined;
  private writing: Outgoing | undefined;
  private scheduled = false;
  /** The cost that the budget was told of, in bytes. */
  private counted = 0;
  private overflowed = false;
  private readonly wrote = new Signal();
  private readonly emptied = new Signal();
  private ended = false;
  private timer: NodeJS.Timeout | undefined;
  private again: NodeJS.Timeout | undefined;

  private readonly stream: Writable;
  private readonly limits: OutboxLimits;
  private readonly budget: Budget;
  private pacer: Pacer | undefined;
  /** How many bytes were written. */
  private total = 0;
  /** Undefined as long as what the network has taken counts as sent. */
  private confirming: Confirming | undefined;
  private readonly reader: Reader | undefined;
  /** Whether the reader has read the last write. */
  private seen: 'read' | 'unread' | 'unknown' = 'read';
  /** The next write has waited for the gap, however late its timer came. */
  private waited = false;
  private looking = false;
  private lookAgain = LOOK_AGAIN.first;
  private readonly events: OutboxEvents;

  /** @param budget which the account of the client is part of */
  constructor(stream: Writable, limits: OutboxLimits, budget: Budget, events: OutboxEvents) {
    this.stream = stream;
    this.limits = limits;
    this.budget = budget;
    this.pacer = limits.pace > 0 ? new Pacer(limits.pace, limits.now) : undefined;
    this.reader = limits.sockets && this.pacer && Reader.of(stream, limits.sockets);
    this.events = events;
  }

  /** Whether nothing waits and everything was taken by the network. */
  get idle(): boolean {
    return this.queue === undefined && this.writing === undefined;
  }

  /** Tells when all of it has left, or the connection has ended; undefined when nothing is to leave. */
  drained(): Signal | undefined {
    return this.idle ? undefined : this.emptied;
  }

  /** Resolves when the write that is under way has left, or never will; undefined when none is. */
  written(): Promise<void> | undefined {
    return this.writing && this.wrote.next();
  }

  /** Sends a message after all earlier ones. False when the connection has ended: it was not taken. */
  send(bytes: Buffer, listener?: SendListener): boolean {
    if (this.ended) return false;
    const waits = this.writing !== undefined || this.timer !== undefined || this.looking;
    // A message that may wait for long is copied: else it would keep the whole read alive in which it came.
    const kept = waits ? Buffer.from(bytes) : bytes;
    if (this.queue === undefined) this.queue = Outgoing.of(kept, listener);
    else this.queue.add(kept, listener);
    this.pacer?.queued();
    if (this.writing === undefined) this.schedule(this.queue);
    if (waits) this.check(this.queue);
    return true;
  }

  /**
   * From now on a write is taken once the client says that it has all of it, and the next one follows then: who says that
   * reads a stream, without a pace.
   *
   * @param bytes so many of the connection it says to have now
   * @param known what tells the client that so many bytes do not come again: it stands before what is written next
   * @returns false when it cannot have so many
   */
  startConfirming(bytes: number, known: (bytes: number) => Buffer): boolean {
    const unconfirmed = new Unconfirmed();
    if (!unconfirmed.confirm(bytes, this.total)) return false;
    this.confirming = { unconfirmed, known, told: bytes };
    this.pacer = undefined;
    if (this.timer !== undefined) this.stopTimer();
    if (this.queue !== undefined && this.writing === undefined) this.schedule(this.queue);
    return true;
  }

  /** How many bytes the client has said to have. */
  get confirmed(): number {
    return this.confirming?.unconfirmed.confirmed ?? 0;
  }

  /** The client says how many bytes it has. False when it cannot have so many, or has said that it has more. */
  confirm(bytes: number): boolean {
    return this.ended || this.confirming?.unconfirmed.confirm(bytes, this.total) === true;
  }

  /** Ends the outbox. The listeners of messages that did not leave are told. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    clearTimeout(this.again);
    this.count(0);
    const { writing, queue } = this;
    this.queue = undefined;
    this.writing = undefined;
    writing?.tellUnsent();
    queue?.tellUnsent();
    this.wrote.tell();
    this.emptied.tell();
  }

  /** Takes out the messages to one user that the network has not been given. The caller tells their listeners. */
  takeBack(userid: number): Outgoing | undefined {
    const taken = this.queue?.takeOut(userid);
    if (taken === undefined || taken.length === 0) return undefined;
    if (this.queue?.length === 0) this.queue = undefined;
    if (this.idle) {
      this.emptied.tell();
      this.events.idle();
    }
    return taken;
  }

  /** Replaces the listeners of all messages that have not left. */
  replaceListeners(replace: (bytes: Buffer, listener: SendListener) => SendListener): void {
    this.writing?.replaceListeners(replace);
    this.queue?.replaceListeners(replace);
  }

  flush(): void {
    try {
      this.writeNext();
    } catch (error) {
      this.events.failed(error);
    }
  }

  private writeNext(): void {
    this.scheduled = false;
    const { queue, pacer } = this;
    if (this.ended || queue === undefined || this.writing !== undefined) return;
    if (pacer === undefined || this.isTooMuch(queue)) this.write(queue, undefined);
    else this.writePaced(queue, pacer);
  }

  private schedule(queue: Outgoing): void {
    if (this.timer !== undefined && this.isTooMuch(queue)) this.stopTimer();
    if (this.scheduled) return;
    this.scheduled = true;
    flushLater(this);
  }

  private isTooMuch(queue: Outgoing): boolean {
    return queue.size > this.limits.maxWaiting * PACED_PART;
  }

  private writePaced(queue: Outgoing, pacer: Pacer): void {
    const rest = pacer.rest(queue.length);
    if (rest > 0) {
      this.waited = true;
      this.wait(rest);
      return;
    }
    const mayBeUnread =
      this.seen === 'unread' || (this.seen === 'unknown' && (this.waited || pacer.isFresh) && pacer.mayLook);
    if (this.reader !== undefined && mayBeUnread) {
      void this.look(this.reader);
      return;
    }
    const first = queue.takeFirst(pacer.share);
    this.write(first, queue.length > 0 ? queue : undefined);
  }

  /** Goes on when the reader has read the last write, or nobody can tell. */
  private async look(reader: Reader): Promise<void> {
    this.looking = true;
    this.scheduled = true;
    const unread = await reader.unread();
    this.looking = false;
    this.scheduled = false;
    if (this.ended) return;
    this.seen = unread !== undefined && unread > 0 ? 'unread' : 'read';
    if (this.seen === 'read') {
      this.lookAgain = LOOK_AGAIN.first;
      this.flush();
      return;
    }
    this.wait(this.lookAgain);
    this.lookAgain = Math.min(2 * this.lookAgain, LOOK_AGAIN.most);
  }

  private wait(ms: number): void {
    this.scheduled = true;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, ms);
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.scheduled = false;
  }

  private write(batch: Outgoing, others: Outgoing | undefined): void {
    this.writing = batch;
    this.queue = others;
    // A stream may never say that it took a write without bytes: only a mark between messages has none.
    if (batch.size === 0) queueMicrotask(this.tookIt);
    else this.give(batch.joined(this.limits.frame));
    if (this.stream.writableLength > 0 || this.confirming !== undefined)
      this.count(batch.cost + (others?.cost ?? 0));
    // A reader that gets several messages at once does not take one read for one message.
    this.seen = batch.length === 1 ? 'unknown' : 'read';
    this.waited = false;
    this.pacer?.wrote(others?.length ?? 0);
  }

  private give(bytes: Buffer): void {
    const { confirming } = this;
    if (confirming === undefined) {
      this.total += bytes.length;
      this.stream.write(bytes, this.tookIt);
    } else {
      const all = Buffer.concat([this.news(confirming), bytes]);
      this.total += all.length;
      confirming.unconfirmed.wait(this.total, this.tookIt);
      this.stream.write(all);
    }
  }

  /** What the client does not know yet of what it has said. */
  private news(confirming: Confirming): Buffer {
    const { taken } = confirming.unconfirmed;
    if (taken <= confirming.told) return EMPTY;
    confirming.told = taken;
    return framed(confirming.known(taken), this.limits.frame);
  }

  /** Something waits for the network, or for the pace. */
  private check(queue: Outgoing): void {
    const cost = queue.cost + (this.writing?.cost ?? 0);
    this.count(cost);
    const { behind, maxWaiting } = this.limits;
    if (cost > this.budget.share || (cost > behind && !this.waitsForPace(queue))) this.events.slow();
    else if (cost > behind) this.checkAgain();
    if (cost <= maxWaiting || this.overflowed) return;
    this.overflowed = true;
    this.events.overflow();
  }

  /** Whether the messages wait for the pace only: that is not the reader's fault. */
  private waitsForPace(queue: Outgoing): boolean {
    return this.pacer?.isFresh === true && !this.isTooMuch(queue);
  }

  /** Nothing more may come that would be looked at. */
  private checkAgain(): void {
    this.again ??= setTimeout(() => {
      this.again = undefined;
      try {
        if (this.queue !== undefined) this.check(this.queue);
      } catch (error) {
        this.events.failed(error);
      }
    }, AGAIN);
  }

  private count(cost: number): void {
    if (cost === this.counted) return;
    this.events.account.add(cost - this.counted);
    this.counted = cost;
  }

  private readonly tookIt = (error?: Error | null): void => {
    const batch = this.writing;
    // The owner hears of an error by the stream's own events and then calls end(). A write that was under way
    // when the stream was destroyed ends here without an error, but it has not left.
    if (error || this.stream.destroyed || batch === undefined) return;
    this.writing = undefined;
    this.count(this.queue?.cost ?? 0);
    try {
      batch.tellSent();
      this.wrote.tell();
      if (this.queue === undefined) {
        this.emptied.tell();
        this.events.idle();
      } else if (!this.scheduled) this.flush();
    } catch (error) {
      this.events.failed(error);
    }
  };
}

/** The memory that a waiting message costs besides its bytes, in bytes. */
const OVERHEAD = 160;

/** Messages for one client, in order. */
export class Outgoing {
  /** All their bytes together. */
  size = 0;
  private bytes: Buffer[];
  /** The listener of all of them: one user is sent most of them straight from their senders. */
  private listener: SendListener | undefined;
  /** The listener of each, once they differ. */
  private listeners: (SendListener | undefined)[] | undefined;

  private constructor(
    bytes: Buffer[],
    listener: SendListener | undefined,
    listeners: (SendListener | undefined)[] | undefined,
  ) {
    this.bytes = bytes;
    this.listener = listener;
    this.listeners = listeners;
    for (const { length } of bytes) this.size += length;
  }

  /** A first message. */
  static of(bytes: Buffer, listener: SendListener | undefined): Outgoing {
    return new Outgoing([bytes], listener, undefined);
  }

  get length(): number {
    return this.bytes.length;
  }

  add(bytes: Buffer, listener: SendListener | undefined): void {
    if (listener !== this.listener) this.listeners ??= this.bytes.map(() => this.listener);
    this.listeners?.push(listener);
    this.bytes.push(bytes);
    this.size += bytes.length;
  }

  /** The memory that they cost, in bytes. */
  get cost(): number {
    return this.size + OVERHEAD * this.bytes.length;
  }

  /** The bytes that are written for all of them. */
  joined(frame: Frame | undefined): Buffer {
    if (frame !== undefined)
      return Buffer.concat(this.bytes.filter(({ length }) => length > 0).flatMap(frame));
    const [first] = this.bytes;
    return first !== undefined && this.bytes.length === 1 ? first : Buffer.concat(this.bytes, this.size);
  }

  /** Takes out the first `count` messages, in a list of their own. */
  takeFirst(count: number): Outgoing {
    const { bytes, listener, listeners } = this;
    const first = new Outgoing(bytes.splice(0, count), listener, listeners?.splice(0, count));
    this.size -= first.size;
    return first;
  }

  /** Takes out the messages to this user, in a list of their own. */
  takeOut(userid: number): Outgoing {
    const taken = new Outgoing([], undefined, []);
    const left = new Outgoing([], undefined, []);
    for (const [n, bytes] of this.bytes.entries()) {
      const listener = this.listenerOf(n);
      (listener?.userid === userid ? taken : left).add(bytes, listener);
    }
    this.bytes = left.bytes;
    this.listeners = left.listeners;
    this.size = left.size;
    return taken;
  }

  /** Puts others in the place of those who are to know. */
  replaceListeners(replace: (bytes: Buffer, listener: SendListener) => SendListener): void {
    this.listeners = this.bytes.map((bytes, n) => {
      const listener = this.listenerOf(n);
      return listener && replace(bytes, listener);
    });
  }

  /** Tells that the network has taken all of them. */
  tellSent(): void {
    for (let n = 0; n < this.bytes.length; n++) this.listenerOf(n)?.sent();
  }

  /** Tells that the network has taken none of them. */
  tellUnsent(): void {
    for (const [n, bytes] of this.bytes.entries()) this.listenerOf(n)?.unsent(bytes);
  }

  private listenerOf(n: number): SendListener | undefined {
    return this.listeners === undefined ? this.listener : this.listeners[n];
  }
}

const EMPTY = Buffer.alloc(0);
