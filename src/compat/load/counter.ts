import type { Tally } from './tally.js';

const OPEN = 0x7b;

/** Called with every document: the bytes that hold it, and where in them it begins. */
export type OnDocument = (bytes: Uint8Array, at: number) => void;

/**
 * Counts documents of one known length in a stream of nothing else, which costs next to nothing. That each
 * begins with `{` is looked at, so that lost or doubled bytes do not go unseen.
 */
export class Counter {
  readonly #length: number;
  readonly #onDocument: OnDocument | undefined;
  readonly #tally: Tally;
  readonly #part: Uint8Array;
  #held = 0;

  /**
   * @param tally fails when there is something else
   * @param onDocument when given, is called for every document; else they are only counted
   */
  constructor(length: number, tally: Tally, onDocument?: OnDocument) {
    this.#length = length;
    this.#tally = tally;
    this.#onDocument = onDocument;
    this.#part = new Uint8Array(length);
  }

  /** Takes the first `count` bytes. Returns how many documents came to their end. */
  push(bytes: Uint8Array, count: number): number {
    let at = 0;
    let documents = 0;
    if (this.#held > 0) {
      at = this.#fill(bytes, 0, count);
      if (this.#held < this.#length) return 0;
      this.#held = 0;
      documents = 1;
      this.#document(this.#part, 0);
    }
    for (; at + this.#length <= count; at += this.#length) {
      this.#document(bytes, at);
      documents++;
    }
    if (at < count) this.#fill(bytes, at, count);
    return documents;
  }

  #document(bytes: Uint8Array, at: number): void {
    if (bytes[at] === OPEN) this.#onDocument?.(bytes, at);
    else this.#tally.fail('a delivered message is damaged');
  }

  /** Keeps what belongs to a document that is not complete. Returns where that ends. */
  #fill(bytes: Uint8Array, from: number, count: number): number {
    const to = Math.min(count, from + this.#length - this.#held);
    this.#part.set(bytes.subarray(from, to), this.#held);
    this.#held += to - from;
    return to;
  }
}
