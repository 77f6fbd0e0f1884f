import type { Message } from '../bus/message.js';
import { Signal } from '../net/signal.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';

/** Messages for one user that could not go on yet, oldest first. */
export class Queue {
  /** When something began to wait, by `performance.now()`. */
  readonly since = performance.now();
  /** Whether the first messages are being published or stored. All later ones stay behind them. */
  busy: 'publishing' | 'storing' | undefined;
  private waiting: Message[] = [];
  private waitingCost = 0;
  private foreign = 0;
  private markers = 0;
  private readonly idle = new Signal();
  /** Of messages that are about to be published or stored: what lets their senders go on. */
  private readonly held = new Map<Message, () => void>();
  private readonly userid: number;
  private readonly spool: Spool | undefined;
  private readonly trace: Trace | undefined;

  /** @param spool gets copies of what waits while the store is away */
  constructor(userid: number, spool: Spool | undefined, trace?: Trace) {
    this.userid = userid;
    this.spool = spool;
    this.trace = trace;
  }

  get messages(): readonly Message[] {
    return this.waiting;
  }

  /** The memory that they cost, in bytes. */
  get cost(): number {
    return this.waitingCost;
  }

  /** Whether one of them has come from another node, or on the user's channel. */
  get hasForeign(): boolean {
    return this.foreign > 0;
  }

  /** Puts a message behind all others. */
  push(message: Message): void {
    this.trace?.('waits for its user', this.userid, message.bytes);
    if (this.spool?.isCopying) this.spool.copy(this.userid, message);
    this.waiting.push(message);
    this.count(message, 1);
  }

  /** Puts messages before all others. */
  pushBefore(messages: readonly Message[]): void {
    for (const { bytes } of messages)
      this.trace?.('came back, and waits before all others', this.userid, bytes);
    this.putBack(messages);
  }

  /** Puts messages that were taken back before all others. */
  putBack(messages: readonly Message[]): void {
    if (this.spool?.isCopying) this.spool.copyBefore(this.userid, messages, this.waiting);
    this.waiting = [...messages, ...this.waiting];
    for (const message of messages) this.count(message, 1);
  }

  /** Takes those that `wanted` is true for, in order; the others stay. */
  take(wanted: (message: Message) => boolean = () => true): Message[] {
    const taken = this.waiting.filter(wanted);
    this.waiting = this.waiting.filter((message) => !wanted(message));
    for (const message of taken) this.count(message, -1);
    return taken;
  }

  /** Takes the first of them: at most `cost` bytes, and the one that goes beyond that. */
  takeFirst(cost: number): Message[] {
    let count = 0;
    let taken = 0;
    for (const message of this.waiting) {
      if (taken >= cost) break;
      taken += message.cost;
      count++;
    }
    const first = this.waiting.splice(0, count);
    for (const message of first) this.count(message, -1);
    return first;
  }

  /** Takes out one that is in another place now. */
  remove(message: Message): void {
    this.waiting.splice(this.waiting.indexOf(message), 1);
    this.count(message, -1);
  }

  /** Its user is gone: then markers have nothing to wait for but what is foreign. */
  settleMarkers(): void {
    if (this.markers === 0 || this.markers < this.foreign) return;
    for (const marker of this.take(({ isMarker }) => isMarker)) marker.settle(this.userid);
  }

  /** Resolves when this message has left the queue, or `release` is called. */
  hold(message: Message): Promise<void> {
    return new Promise((resolve) => {
      this.held.set(message, resolve);
    });
  }

  /** None of the messages is published or stored soon: their senders do not wait for that. */
  release(): void {
    for (const resolve of this.held.values()) resolve();
    this.held.clear();
  }

  /** Resolves when nothing is done any more with the first of the messages. */
  idled(): Promise<void> {
    return this.idle.next();
  }

  /** Nothing is done any more with the first of the messages. */
  setIdle(): void {
    this.busy = undefined;
    this.idle.tell();
  }

  private count(message: Message, one: 1 | -1): void {
    this.waitingCost += one * message.cost;
    if (isForeign(message)) this.foreign += one;
    if (message.isMarker) this.markers += one;
    if (one === 1) return;
    this.held.get(message)?.();
    this.held.delete(message);
  }
}

/** Whether a message has come from another node, or on its user's channel. */
export function isForeign({ origin }: Message): boolean {
  return origin !== 'client';
}
