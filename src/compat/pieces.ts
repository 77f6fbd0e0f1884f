import { Held } from '../client/stream.js';
import type { Framing } from '../protocol/dialect.js';

const [NUL, LF, QUOTE, BACKSLASH, OPEN, CLOSE] = [0x00, 0x0a, 0x22, 0x5c, 0x7b, 0x7d];
const PREFIX = 4;

/** The beginning of a document of more bytes is passed on without its end. */
const LONGEST = 1 << 18;

/**
 * Cuts what a client sends where no document is cut: ids in it can be changed then. Each byte is looked at once, however
 * slowly they come.
 */
export class Pieces {
  readonly #held = new Held();
  readonly #isLength: boolean;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(framing: Framing) {
    this.#isLength = framing === 'length';
  }

  /** How many bytes wait for the end of their document. */
  get held(): number {
    return this.#held.length;
  }

  /** Takes a read. Returns what of all that came is whole. */
  push(bytes: Buffer): Buffer {
    return this.#isLength ? this.#behindLengths(bytes) : this.#inBraces(bytes);
  }

  /** The rest, when nothing more comes. */
  rest(): Buffer {
    const rest = Buffer.from(this.#held.bytes);
    this.#held.drop(rest.length);
    return rest;
  }

  #inBraces(bytes: Buffer): Buffer {
    let whole = this.#depth === 0 ? bytes.length : 0;
    for (let at = 0; at < bytes.length; at++) {
      const wasInside = this.#depth > 0;
      this.#step(bytes[at] ?? 0);
      if (this.#depth === 0) whole = bytes.length;
      else if (!wasInside) whole = at;
    }
    return this.#take(bytes, whole);
  }

  /** A NUL is in no document; an LF in no string: a client that sends one has begun anew. */
  #step(byte: number): void {
    if (byte === NUL || (byte === LF && this.#inString)) {
      this.#depth = 0;
      this.#inString = false;
      this.#escaped = false;
    } else if (this.#escaped) this.#escaped = false;
    else if (this.#inString && byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE && this.#depth > 0) this.#inString = !this.#inString;
    else if (this.#inString) return;
    else if (byte === OPEN) this.#depth++;
    else if (byte === CLOSE && this.#depth > 0) this.#depth--;
  }

  #behindLengths(bytes: Buffer): Buffer {
    this.#held.add(bytes);
    const all = this.#held.bytes;
    let whole = 0;
    while (whole + PREFIX <= all.length) {
      const end = whole + PREFIX + all.readUInt32BE(whole);
      if (end > all.length) break;
      whole = end;
    }
    if (all.length - whole > LONGEST) whole = all.length;
    const piece = Buffer.from(all.subarray(0, whole));
    if (whole > 0) this.#held.drop(whole);
    return piece;
  }

  /**
   * @param whole how many of these last bytes end a document, or are none; 0: all that is held is the beginning of
   * one
   */
  #take(bytes: Buffer, whole: number): Buffer {
    if (whole === 0 && this.#held.length + bytes.length <= LONGEST) {
      this.#held.add(bytes);
      return Buffer.alloc(0);
    }
    const end = whole === 0 ? bytes.length : whole;
    const piece = Buffer.concat([this.#held.bytes, bytes.subarray(0, end)]);
    this.#held.drop(this.#held.length);
    this.#held.add(bytes.subarray(end));
    return piece;
  }
}
