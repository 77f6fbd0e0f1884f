import type { Frame } from './frames.js';

/** Who is to know what becomes of a message: one of these is called, once. */
export interface SendListener {
  /** The user of the connection whom it is for. */
  readonly userid: number;
  /** It has left for the network. */
  left(): void;
  /** Its connection ended before. */
  unsent(bytes: Buffer): void;
}

/** What a waiting message costs in memory besides its bytes, in bytes. */
const OVERHEAD = 160;

/** Messages for one client, in order. Lists side by side, because most messages have only their bytes. */
export class Batch {
  /** All their bytes together. */
  size = 0;
  private bytes: Buffer[] = [];
  private listeners: (SendListener | undefined)[] = [];

  get length(): number {
    return this.bytes.length;
  }

  add(bytes: Buffer, listener: SendListener | undefined): void {
    this.bytes.push(bytes);
    this.listeners.push(listener);
    this.size += bytes.length;
  }

  /** What they cost in memory, in bytes. */
  get cost(): number {
    return this.size + OVERHEAD * this.bytes.length;
  }

  /** What is written for all of them. */
  joined(frame: Frame | undefined): Buffer {
    if (frame !== undefined)
      return Buffer.concat(this.bytes.filter(({ length }) => length > 0).flatMap(frame));
    const [first] = this.bytes;
    return first !== undefined && this.bytes.length === 1 ? first : Buffer.concat(this.bytes, this.size);
  }

  /** Takes the first `count` of them out, into a batch of their own. */
  takeFirst(count: number): Batch {
    const first = new Batch();
    first.bytes = this.bytes.splice(0, count);
    first.listeners = this.listeners.splice(0, count);
    first.size = first.bytes.reduce((sum, { length }) => sum + length, 0);
    this.size -= first.size;
    return first;
  }

  /** Takes out what is for this user, into a batch of its own. */
  takeOut(userid: number): Batch {
    const { bytes, listeners } = this;
    const taken = new Batch();
    this.bytes = [];
    this.listeners = [];
    this.size = 0;
    for (const [n, one] of bytes.entries()) {
      const listener = listeners[n];
      (listener?.userid === userid ? taken : this).add(one, listener);
    }
    return taken;
  }

  /** Puts others in the place of those who are to know. */
  replaceListeners(replace: (bytes: Buffer, listener: SendListener) => SendListener): void {
    this.listeners = this.listeners.map(
      (listener, n) => listener && replace(this.bytes[n] ?? EMPTY, listener),
    );
  }

  /** Tells that all of them have left. */
  tellLeft(): void {
    for (const listener of this.listeners) listener?.left();
  }

  /** Tells that none of them has left. */
  tellUnsent(): void {
    for (const [n, bytes] of this.bytes.entries()) this.listeners[n]?.unsent(bytes);
  }
}

const EMPTY = Buffer.alloc(0);
