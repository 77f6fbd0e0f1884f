import type { Writable } from 'node:stream';
import { Batch, type Left, type Outgoing } from './batch.js';
import { type Flushable, flushLater } from './flusher.js';

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
  /** What waits, and what has been given to the network but not yet taken by it. */
  private queue: Batch | undefined;
  private writing: Batch | undefined;
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
    return this.queue === undefined && this.writing === undefined;
  }

  /** Sends a message after all earlier ones. False when the connection has ended: nothing was taken. */
  send(bytes: Buffer, userid: number, left?: Left): boolean {
    if (this.ended) return false;
    this.queue ??= new Batch();
    this.queue.add(bytes, userid, left);
    if (this.limits.pace > 0) this.gap = Math.min(this.gap, LONGEST_WAIT / this.queue.length);
    if (this.queue.size + (this.writing?.size ?? 0) > this.limits.maxWaiting) this.onOverflow();
    else if (!this.scheduled && this.writing === undefined) this.schedule();
    return true;
  }

  /** Ends the outbox. Returns the messages that did not leave; the owner tells the `left` of those for a user. */
  end(): readonly Outgoing[] {
    this.ended = true;
    clearTimeout(this.timer);
    const rest = [...(this.writing?.items() ?? []), ...(this.queue?.items() ?? [])];
    this.queue = undefined;
    this.writing = undefined;
    for (const { userid, left } of rest) if (userid === 0) left?.(false);
    return rest;
  }

  flush(): void {
    this.scheduled = false;
    const { queue } = this;
    if (this.ended || queue === undefined || this.writing !== undefined) return;
    if (this.limits.pace > 0) this.writePaced(queue);
    else this.write(queue, undefined);
  }

  private schedule(): void {
    this.scheduled = true;
    flushLater(this);
  }

  private writePaced(queue: Batch): void {
    const now = performance.now();
    const rest = this.lastWrite + this.gap - now;
    if (rest > 0) {
      this.wait(rest);
      return;
    }
    this.lastWrite = now;
    // Under a gap of 1 ms the timer is too coarse: several messages share a write.
    const first = queue.takeFirst(Math.max(1, Math.floor(1 / this.gap)));
    const others = queue.length > 0 ? queue : undefined;
    if (others === undefined) this.gap = this.limits.pace;
    this.write(first, others);
  }

  private wait(ms: number): void {
    this.scheduled = true;
    this.timer = setTimeout(() => this.flush(), Math.ceil(ms));
  }

  private write(batch: Batch, others: Batch | undefined): void {
    this.writing = batch;
    this.queue = others;
    this.stream.write(batch.joined(), this.written);
  }

  private readonly written = (error?: Error | null): void => {
    // The owner hears of an error by the stream's own events and then calls end().
    if (error || this.ended) return;
    const batch = this.writing;
    this.writing = undefined;
    batch?.tellLeft();
    if (this.queue === undefined) this.onIdle();
    else if (!this.scheduled) this.flush();
  };
}
