import type { Message } from '../bus/message.js';
import { Signal } from '../net/signal.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';

/** Messages for one user that could not go on yet, oldest first. */
export class Line {
  /** When something began to wait, by `performance.now()`. */
  readonly since = performance.now();
  messages: Message[] = [];
  bytes = 0;
  /** What is being done with the first of its messages; all others stay behind them. */
  busy: 'publishing' | 'storing' | undefined;
  private readonly calm = new Signal();
  private readonly userid: number;
  private readonly spool: Spool | undefined;

  private readonly trace: Trace | undefined;

  /** @param spool gets copies of what waits while the store is away */
  constructor(userid: number, spool: Spool | undefined, trace?: Trace) {
    this.userid = userid;
    this.spool = spool;
    this.trace = trace;
  }

  push(message: Message): void {
    this.trace?.('waits for its user', this.userid, message.bytes);
    if (this.spool?.isCopying) this.spool.copy(this.userid, message);
    this.messages.push(message);
    this.bytes += message.cost;
  }

  take(): Message[] {
    const { messages } = this;
    this.messages = [];
    this.bytes = 0;
    return messages;
  }

  /** Takes the first of them: so many bytes, give or take one. */
  takeFirst(bytes: number): Message[] {
    let count = 0;
    for (let taken = 0; count < this.messages.length && taken < bytes; count++) {
      taken += (this.messages[count] as Message).cost;
    }
    const messages = this.messages.splice(0, count);
    for (const message of messages) this.bytes -= message.cost;
    return messages;
  }

  /** Takes out one that is in another place now. */
  remove(message: Message): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    this.bytes -= message.cost;
  }

  putBack(messages: readonly Message[]): void {
    if (this.spool?.isCopying) this.spool.copyBefore(this.userid, messages, this.messages);
    this.messages = [...messages, ...this.messages];
    for (const message of messages) this.bytes += message.cost;
  }

  /** With its user gone there is nothing that markers could wait for. */
  settleMarkers(): void {
    const [markers, others] = [[] as Message[], [] as Message[]];
    for (const message of this.take()) (message.isMarker ? markers : others).push(message);
    this.putBack(others);
    for (const marker of markers) marker.settle(this.userid);
  }

  /** Resolves when it is not busy any more. */
  calmed(): Promise<void> {
    return this.calm.next();
  }

  /** It is not busy any more. */
  rest(): void {
    this.busy = undefined;
    this.calm.tell();
  }
}
