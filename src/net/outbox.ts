import type { Writable } from 'node:stream';
import { Batch, type Left, type Outgoing } from './batch.js';
import { type Flushable, flushLater } from './flusher.js';
import type { Frame } from './frames.js';
import { Pacer } from './pacer.js';

export interface OutboxLimits {
  /** The least time between two writes, in ms; 0 puts all that is ready into one write (DIFFERENCES 12). */
  readonly pace: number;
  /** What stands around each message. */
  readonly frame?: Frame | undefined;
  /** How many bytes may wait for a reader that is too slow. */
  readonly maxWaiting: number;
}

/** When this part of `maxWaiting` waits for the pace, it waits no longer: no such client reads message by message. */
const PACED_PART = 1 / 8;

/**
 * What goes to one client, in order. Without a pace: one write per turn of the event loop, and while the
 * network does not take it, no further one. With a pace: one message per write, and a gap between them.
 */
export class Outbox implements Flushable {
  /** What waits, and what has been given to the network but not yet taken by it. */
  private queue: Batch | undefined;
  private writing: Batch | undefined;
  private scheduled = false;
  private overflowed = false;
  private ended = false;
  private timer: NodeJS.Timeout | undefined;

  private readonly stream: Writable;
  private readonly maxWaiting: number;
  private readonly frame: Frame | undefined;
  private readonly pacer: Pacer | undefined;
  private readonly onOverflow: () => void;
  private readonly onIdle: () => void;

  /**
   * @param onOverflow called once, when more than `maxWaiting` bytes wait; the owner then ends the connection
   * @param onIdle called when everything has left
   */
  constructor(stream: Writable, limits: OutboxLimits, onOverflow: () => void, onIdle: () => void) {
    this.stream = stream;
    this.maxWaiting = limits.maxWaiting;
    this.frame = limits.frame;
    this.pacer = limits.pace > 0 ? new Pacer(limits.pace) : undefined;
    this.onOverflow = onOverflow;
    this.onIdle = onIdle;
  }

  /** Whether nothing waits and everything was taken by the network. */
  get idle(): boolean {
    return this.queue === undefined && this.writing === undefined;
  }

  /** Sends a message after all earlier ones. False when the connection has ended: it was not taken. */
  send(bytes: Buffer, userid: number, left?: Left): boolean {
    if (this.ended) return false;
    this.queue ??= new Batch();
    // What may wait for long shall not keep the whole read alive that it came in.
    this.queue.add(this.writing === undefined ? bytes : Buffer.from(bytes), userid, left);
    this.pacer?.queued();
    if (this.writing === undefined) this.schedule(this.queue);
    else if (this.queue.size + this.writing.size > this.maxWaiting) this.overflow();
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
    const { queue, pacer } = this;
    if (this.ended || queue === undefined || this.writing !== undefined) return;
    if (pacer === undefined || this.isTooMuch(queue)) this.write(queue, undefined);
    else this.writePaced(queue, pacer);
  }

  private schedule(queue: Batch): void {
    if (this.timer !== undefined && this.isTooMuch(queue)) this.stopTimer();
    if (this.scheduled) return;
    this.scheduled = true;
    flushLater(this);
  }

  private isTooMuch(queue: Batch): boolean {
    return queue.size > this.maxWaiting * PACED_PART;
  }

  private writePaced(queue: Batch, pacer: Pacer): void {
    const rest = pacer.rest(queue.length);
    if (rest > 0) {
      this.wait(rest);
      return;
    }
    const first = queue.takeFirst(pacer.share);
    this.write(first, queue.length > 0 ? queue : undefined);
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

  private write(batch: Batch, others: Batch | undefined): void {
    this.writing = batch;
    this.queue = others;
    this.stream.write(batch.joined(this.frame), this.written);
    this.pacer?.wrote(others?.length ?? 0);
  }

  private overflow(): void {
    if (this.overflowed) return;
    this.overflowed = true;
    this.onOverflow();
  }

  private readonly written = (error?: Error | null): void => {
    const batch = this.writing;
    // The owner hears of an error by the stream's own events and then calls end(). A write that was under way
    // when the stream was destroyed ends here without an error, but it has not left.
    if (error || this.stream.destroyed || batch === undefined) return;
    this.writing = undefined;
    batch.tellLeft();
    if (this.queue === undefined) this.onIdle();
    else if (!this.scheduled) this.flush();
  };
}
