import { Held } from '../client/stream.js';
import type { Plain } from '../dialect/shapes.js';
import type { Framing } from '../protocol/dialect.js';

const [NUL, LF, QUOTE, BACKSLASH] = [0x00, 0x0a, 0x22, 0x5c];
const [OPEN, CLOSE, LIST, LIST_END] = [0x7b, 0x7d, 0x5b, 0x5d];
const PREFIX = 4;
/** A longer document is passed over, in bytes. */
const MOST = 1 << 24;
/** One that nests deeper, or has more members, is passed over: it is no message of a chat. */
const [DEEPEST, WIDEST] = [64, 256];

/**
 * Cuts what one side of a connection says into documents, whatever stands around them, and finds out what that is. Each
 * byte is looked at once, however slowly they come.
 */
export class Cutter {
  /** The bytes that were seen around the documents so far. */
  framing: Framing = 'none';
  readonly #held = new Held();
  /** The bytes before the document: how many, the first of them, and the last four as a number. */
  readonly #between = { length: 0, first: 0, last: 0 };
  #depth = 0;
  #lists = 0;
  #isDeep = false;
  #inString = false;
  #escaped = false;

  /** Takes bytes. Returns the JSON objects that they complete; bytes that are none are passed over. */
  push(bytes: Buffer): Plain[] {
    const found: Plain[] = [];
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#depth === 0) {
        if (byte !== OPEN) {
          this.#skip(byte);
          continue;
        }
        this.#look();
        start = at;
      }
      this.#step(byte);
      if (this.#depth > 0) continue;
      const document = this.#end(bytes.subarray(start, at + 1));
      if (document !== undefined) found.push(document);
    }
    if (this.#depth === 0) this.#look();
    else if (this.#held.length + bytes.length - start <= MOST) this.#held.add(bytes.subarray(start));
    else this.#begin();
    return found;
  }

  /** A byte between two documents. */
  #skip(byte: number): void {
    const between = this.#between;
    if (between.length++ === 0) between.first = byte;
    between.last = ((between.last << 8) | byte) >>> 0;
  }

  /** A byte of a document. */
  #step(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (this.#inString && byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = !this.#inString;
    else if (this.#inString) return;
    else if (byte === OPEN) this.#depth++;
    else if (byte === CLOSE) this.#depth--;
    else if (byte === LIST) this.#lists++;
    else if (byte === LIST_END) this.#lists--;
    else return;
    this.#isDeep ||= this.#depth + this.#lists > DEEPEST;
  }

  /** The document ends with these bytes. */
  #end(last: Buffer): Plain | undefined {
    const length = this.#held.length + last.length;
    const document = this.#isDeep || length > MOST ? undefined : parse(this.#held.take(last));
    this.#lookBefore(length);
    this.#begin();
    return document;
  }

  /** Nothing is held. */
  #begin(): void {
    this.#held.drop(this.#held.length);
    Object.assign(this.#between, { length: 0, first: 0, last: 0 });
    this.#depth = this.#lists = 0;
    this.#isDeep = this.#inString = this.#escaped = false;
  }

  /** A length stands before the document. */
  #lookBefore(size: number): void {
    const { length, last } = this.#between;
    if (length >= PREFIX && last >= size && last <= size + 2 && last < MOST) this.framing = 'length';
  }

  /** The bytes between two documents. */
  #look(): void {
    const { length, first } = this.#between;
    if (this.framing !== 'none' || length === 0) return;
    if (first === LF) this.framing = 'lf';
    else if (first === NUL && length < PREFIX) this.framing = 'nul';
  }
}

function parse(text: string): Plain | undefined {
  try {
    const document: Plain = JSON.parse(text);
    return Object.keys(document).length > WIDEST ? undefined : document;
  } catch {
    return undefined;
  }
}
