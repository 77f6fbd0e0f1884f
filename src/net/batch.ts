import type { Frame } from './frames.js';

/** Told once about a message: whether it left for the network, or its connection ended before. */
export type Left = (left: boolean) => void;

/** A message that waits to be written. */
export interface Outgoing {
  readonly bytes: Buffer;
  /** The user whose message this is and for whom it must be stored if it does not leave; 0 for none. */
  readonly userid: number;
  readonly left: Left | undefined;
}

/** Messages for one client, in order. Lists side by side, because few messages have more than their bytes. */
export class Batch {
  /** All their bytes together. */
  size = 0;
  private bytes: Buffer[] = [];
  private userids: number[] = [];
  private lefts: (Left | undefined)[] | undefined;

  get length(): number {
    return this.bytes.length;
  }

  add(bytes: Buffer, userid: number, left: Left | undefined): void {
    if (left !== undefined) {
      this.lefts ??= [];
      this.lefts[this.bytes.length] = left;
    }
    this.bytes.push(bytes);
    this.userids.push(userid);
    this.size += bytes.length;
  }

  /** What is written for all of them. */
  joined(frame: Frame | undefined): Buffer {
    if (frame !== undefined) return Buffer.concat(this.bytes.flatMap(frame));
    const [first] = this.bytes;
    return first !== undefined && this.bytes.length === 1 ? first : Buffer.concat(this.bytes, this.size);
  }

  /** Takes the first `count` of them out, into a batch of their own. */
  takeFirst(count: number): Batch {
    const first = new Batch();
    first.bytes = this.bytes.splice(0, count);
    first.userids = this.userids.splice(0, count);
    first.lefts = this.lefts?.splice(0, count);
    first.size = first.bytes.reduce((sum, { length }) => sum + length, 0);
    this.size -= first.size;
    return first;
  }

  /** Tells that all of them have left. */
  tellLeft(): void {
    if (this.lefts !== undefined) for (const left of this.lefts) left?.(true);
  }

  /** The messages one by one. */
  items(): Outgoing[] {
    return this.bytes.map((bytes, n) => ({ bytes, userid: this.userids[n] ?? 0, left: this.lefts?.[n] }));
  }
}
