import type { Segment } from './segment.js';

const WRAP = 2 ** 32;

/** A piece of a stream that came before its turn, and its place. */
interface Early {
  readonly at: number;
  readonly bytes: Buffer;
}

/** One direction of a connection: puts segments right that come twice or in another order. */
export class Stream {
  /** Places are counted on where sequence numbers begin anew. */
  #next: number;
  /** The place behind its last byte, once that is known. */
  #end = Number.POSITIVE_INFINITY;
  /** By their places. */
  readonly #early: Early[] = [];

  constructor({ sequence, starts }: Segment) {
    this.#next = sequence + Number(starts);
  }

  /** All of it has come, to its last byte. */
  get hasEnded(): boolean {
    return this.#next >= this.#end;
  }

  /** Bytes, or its end, have come that stand behind others which have not. */
  get hasHole(): boolean {
    return this.#early.length > 0 || (this.#end !== Number.POSITIVE_INFINITY && !this.hasEnded);
  }

  /** Takes a segment. Returns the bytes whose turn it is now. */
  take({ sequence, starts, ends, payload }: Segment): Buffer[] {
    if (starts) return [];
    const at = this.#next + this.#ahead(sequence);
    if (ends) this.#end = at + payload.length;
    if (payload.length === 0) return [];
    this.#early.splice(this.#placeFor(at), 0, { at, bytes: payload });
    const found: Buffer[] = [];
    let taken = 0;
    for (const { at, bytes } of this.#early) {
      if (at > this.#next) break;
      taken++;
      if (at + bytes.length <= this.#next) continue;
      found.push(bytes.subarray(this.#next - at));
      this.#next = at + bytes.length;
    }
    this.#early.splice(0, taken);
    return found;
  }

  /** Behind all that are not later. */
  #placeFor(at: number): number {
    let [low, high] = [0, this.#early.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#early[middle]?.at ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How far a sequence number is beyond the next one; negative for bytes that have come already. */
  #ahead(sequence: number): number {
    const ahead = (((sequence - this.#next) % WRAP) + WRAP) % WRAP;
    return ahead > WRAP / 2 ? ahead - WRAP : ahead;
  }
}
