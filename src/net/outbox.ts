import type { Writable } from 'node:stream';
import { type Flushable, flushLater } from './flusher.js';

/** Told once about a message: whether it left for the network, or its connection ended before. */
export type Left = (left: boolean) => void;

/** A message that waits to be written. */
export interface Outgoing {
  readonly bytes: Buffer;
  /** The user whose message this is and for whom it must be stored if it does not leave; 0 for none. */
  readonly userid: number;
  readonly left: Left | undefined;
}

export interface OutboxLimits {
  /** The least time between two writes, in ms; 0 puts all that is ready into one write (DIFFERENCES 12). */
  readonly pace: number;
  /** How many bytes may wait for a reader that is too slow. */
  readonly maxWaiting: number;
}

/** No message waits longer than this because of the pace, in ms; the rest is left for late timers. */
const LONGEST_WAIT = 800;

/**
 * What goes to one client, in order. Without a pace: one write per turn of the event loop, and while the
 * network does not take it, no further one. With a pace: one message per write, and a gap between them.
 */
export class Outbox implements Flushable {
  private queue: Outgoing[] = [];
  private writing: Outgoing[] = [];
  private waitingBytes = 0;
  private scheduled = false;
  private ended = false;
  private lastWrite = 0;
  private gap: number;
  private timer: NodeJS.Timeout | undefined;

  private readonly stream: Writable;
  private readonly limits: OutboxLimits;
  private readonly onOverflow: () => void;
  private readonly onIdle: () => void;

  /**
   * @param onOverflow called when more than `maxWaiting` bytes wait; the owner then ends the connection
   * @param onIdle called when everything has left
   */
  constructor(stream: Writable, limits: OutboxLimits, onOverflow: () => void, onIdle: () => void) {
    this.stream = stream;
    this.limits = limits;
    this.gap = limits.pace;
    this.onOverflow = onOverflow;
    this.onIdle = onIdle;
  }

  /** Whether nothing waits and everything was taken by the network. */
  get idle(): boolean {
    return this.queue.length === 0 && this.writing.length === 0;
  }

  /** Sends a message after all earlier ones. False when the connection has ended: nothing was taken. */
  send(bytes: Buffer, userid: number, left?: Left): boolean {
    if (this.ended) return false;
    this.queue.push({ bytes, userid, left });
    this.waitingBytes += bytes.length;
    if (this.limits.pace > 0) this.gap = Math.min(this.gap, LONGEST_WAIT / this.queue.length);
    if (this.waitingBytes > this.limits.maxWaiting) this.onOverflow();
    else if (!this.scheduled && this.writing.length === 0) this.schedule();
    return true;
  }

  /** Ends the outbox. Returns the messages that did not leave; the owner tells the `left` of those for a user. */
  end(): readonly Outgoing[] {
    this.ended = true;
    clearTimeout(this.timer);
    const rest = [...this.writing, ...this.queue];
    this.queue = [];
    this.writing = [];
    for (const { userid, left } of rest) if (userid === 0) left?.(false);
    return rest;
  }

  flush(): void {
    this.scheduled = false;
    if (this.ended || this.queue.length === 0 || this.writing.length > 0) return;
    if (this.limits.pace === 0) this.writeAll();
    else this.writePaced();
  }

  private schedule(): void {
    this.scheduled = true;
    flushLater(this);
  }

  private writeAll(): void {
    this.writing = this.queue;
    this.queue = [];
    this.write(this.writing);
  }

  private writePaced(): void {
    const now = performance.now();
    const rest = this.lastWrite + this.gap - now;
    if (rest > 0) {
      this.wait(rest);
      return;
    }
    this.lastWrite = now;
    // Under a gap of 1 ms the timer is too coarse: several messages share a write.
    this.writing = this.queue.splice(0, Math.max(1, Math.floor(1 / this.gap)));
    if (this.queue.length === 0) this.gap = this.limits.pace;
    this.write(this.writing);
  }

  private wait(ms: number): void {
    this.scheduled = true;
    this.timer = setTimeout(() => this.flush(), Math.ceil(ms));
  }

  private write(items: readonly Outgoing[]): void {
    const first = items[0];
    if (first === undefined) return;
    const bytes = items.length === 1 ? first.bytes : Buffer.concat(items.map((item) => item.bytes));
    this.stream.write(bytes, this.written);
  }

  private readonly written = (error?: Error | null): void => {
    // The owner hears of an error by the stream's own events and then calls end().
    if (error || this.ended) return;
    const items = this.writing;
    this.writing = [];
    for (const { bytes, left } of items) {
      this.waitingBytes -= bytes.length;
      left?.(true);
    }
    if (this.queue.length === 0) this.onIdle();
    else if (!this.scheduled) this.flush();
  };
}
