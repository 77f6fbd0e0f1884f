import { afterEscape, isDumpedEscape } from './escapes.js';
import { KeyOrder } from './key-order.js';
import { afterLiteral, afterNumber, plainInteger } from './lexemes.js';
import { Nesting } from './nesting.js';
import { afterSequence } from './utf8.js';

/** The result of one call of `Scanner.scan`. */
export const DONE = 0;
export const MORE = 1;
export const BAD = 2;
export type Outcome = typeof DONE | typeof MORE | typeof BAD;

/** In `Scanner.ints`: the key is there, but its value is no plain int32. NaN: the key is not there. */
export const OTHER = Number.POSITIVE_INFINITY;

/** Whether a value of `Scanner.ints` says that the key is there. */
export function isThere(value: number): boolean {
  return !Number.isNaN(value);
}

/** The tokens that may come next. */
const KEY_OR_END = 0;
const KEY = 1;
const KEY_REST = 2;
const COLON = 3;
const VALUE = 4;
const VALUE_OR_END = 5;
const STRING_REST = 6;
const COMMA_OR_END = 7;

/** 1 for each byte that stands for itself in a string: ASCII without controls, `"` and `\\`. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

/**
 * Reads one JSON object in a single pass over its bytes, by the grammar of nlohmann 3.6.1 (PROTOCOL.md
 * section 3). On the way it finds out whether the bytes already are what dump() would write, and reads
 * the int32 values of some top-level keys. The bytes may come in any number of pieces.
 */
export class Scanner {
  /** Where the last call stopped: behind the object (DONE), where to go on (MORE), or the wrong byte (BAD). */
  at = 0;
  /** Whether the bytes are their own dump(). Long integers, doubles and keys with escapes say no. */
  canonical = true;
  /** For each of `names`, the value of that top-level key, OTHER when it is no plain int32, or NaN. Last one wins. */
  readonly ints: number[];

  private readonly names: readonly Buffer[];
  private state = KEY_OR_END;
  private depth = 1;
  private readonly nesting = new Nesting();
  private readonly order = new KeyOrder();
  private start = 0;
  private tokenStart = 0;
  private escaped = false;
  private field = -1;
  private number = OTHER;

  /** @param names the top-level keys whose values `ints` is to hold, in its order */
  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.ints = names.map(() => Number.NaN);
  }

  /** Whether it holds more memory than is worth keeping. */
  get large(): boolean {
    return this.nesting.large;
  }

  /** Starts on the object whose `{` is at `start`; the next scan begins behind it. */
  begin(start: number): void {
    this.at = start + 1;
    this.start = start;
    this.canonical = true;
    for (let n = 0; n < this.ints.length; n++) this.ints[n] = Number.NaN;
    this.state = KEY_OR_END;
    this.depth = 1;
    this.nesting.set(1, false);
    this.order.open(1);
    this.field = -1;
  }

  /** Tells that the object's first byte has moved to `start`, after the buffer was joined with more bytes. */
  moveTo(start: number): void {
    this.at += start - this.start;
    this.start = start;
  }

  /** Reads on from `at` up to `end`. */
  scan(bytes: Uint8Array, end: number): Outcome {
    let i = this.at;
    while (i < end) {
      const byte = bytes[i] as number;
      if (byte <= 0x20 && isSpace(byte) && this.state !== KEY_REST && this.state !== STRING_REST) {
        this.canonical = false;
        i++;
        continue;
      }
      const next = this.token(bytes, i, end, byte);
      if (next < 0) return next === -1 ? MORE : BAD;
      i = next;
      if (this.depth === 0) {
        this.at = i;
        return DONE;
      }
    }
    this.at = i;
    return MORE;
  }

  private token(bytes: Uint8Array, i: number, end: number, byte: number): number {
    switch (this.state) {
      case KEY_OR_END:
        if (byte === 0x7d) return this.close(i);
        return this.openKey(bytes, i, end, byte);
      case KEY:
        return this.openKey(bytes, i, end, byte);
      case KEY_REST:
        return this.key(bytes, i, end);
      case COLON:
        if (byte !== 0x3a) return this.bad(i);
        this.state = VALUE;
        return i + 1;
      case VALUE:
        return this.value(bytes, i, end, byte);
      case VALUE_OR_END:
        return byte === 0x5d ? this.close(i) : this.value(bytes, i, end, byte);
      case STRING_REST:
        return this.text(bytes, i, end);
      default:
        return this.commaOrEnd(bytes, i, end, byte);
    }
  }

  private openKey(bytes: Uint8Array, i: number, end: number, byte: number): number {
    if (byte !== 0x22) return this.bad(i);
    this.state = KEY_REST;
    this.tokenStart = i + 1 - this.start;
    this.escaped = false;
    return this.key(bytes, i + 1, end);
  }

  private key(bytes: Uint8Array, i: number, end: number): number {
    const next = this.string(bytes, i, end);
    if (next < 0) return next;
    const { start, tokenStart, depth } = this;
    const to = next - 1;
    if (depth === 1) this.field = this.wanted(bytes, start + tokenStart, to);
    if (this.escaped) this.canonical = false;
    if (this.canonical) this.canonical = this.order.rises(bytes, start, depth, tokenStart, to - start);
    // A short cut past the state COLON, which is nearly always left at once.
    const isColon = next < end && bytes[next] === 0x3a;
    this.state = isColon ? VALUE : COLON;
    return isColon ? next + 1 : next;
  }

  private wanted(bytes: Uint8Array, from: number, to: number): number {
    const { names } = this;
    for (let n = 0; n < names.length; n++) {
      const name = names[n] as Buffer;
      if (name.length !== to - from) continue;
      let k = 0;
      while (k < name.length && name[k] === bytes[from + k]) k++;
      if (k === name.length) return n;
    }
    return -1;
  }

  private value(bytes: Uint8Array, i: number, end: number, byte: number): number {
    this.number = OTHER;
    if (byte === 0x22) {
      this.state = STRING_REST;
      return this.text(bytes, i + 1, end);
    }
    if (byte === 0x7b) return this.open(i, false, KEY_OR_END);
    if (byte === 0x5b) return this.open(i, true, VALUE_OR_END);
    const next =
      byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
        ? this.numeral(bytes, i, end)
        : this.literal(bytes, i, end);
    return next < 0 ? next : this.valueEnds(next);
  }

  private text(bytes: Uint8Array, i: number, end: number): number {
    const next = this.string(bytes, i, end);
    return next < 0 ? next : this.valueEnds(next);
  }

  private valueEnds(next: number): number {
    this.state = COMMA_OR_END;
    if (this.depth === 1 && this.field >= 0) this.ints[this.field] = this.number;
    return next;
  }

  private commaOrEnd(bytes: Uint8Array, i: number, end: number, byte: number): number {
    const isArray = this.nesting.isArray(this.depth);
    if (byte !== 0x2c) return byte === (isArray ? 0x5d : 0x7d) ? this.close(i) : this.bad(i);
    this.state = isArray ? VALUE : KEY;
    // The same short cut past KEY.
    const isKey = !isArray && i + 1 < end && bytes[i + 1] === 0x22;
    return isKey ? this.openKey(bytes, i + 1, end, 0x22) : i + 1;
  }

  private open(i: number, isArray: boolean, state: number): number {
    if (this.depth === 1 && this.field >= 0) this.ints[this.field] = OTHER;
    this.depth++;
    this.nesting.set(this.depth, isArray);
    this.order.open(this.depth);
    this.state = state;
    return i + 1;
  }

  private close(i: number): number {
    this.depth--;
    this.state = COMMA_OR_END;
    return i + 1;
  }

  /** Reads a string from behind its opening quote. Returns the place behind the closing one, or what bad/more return. */
  private string(bytes: Uint8Array, from: number, end: number): number {
    let i = from;
    while (i < end) {
      const byte = bytes[i] as number;
      if (PLAIN[byte] === 1) i++;
      else if (byte === 0x22) return i + 1;
      else {
        const next = byte === 0x5c ? this.escape(bytes, i, end) : afterSequence(bytes, i, end);
        if (next < 0) return ~next === end ? this.more(i) : this.bad(i);
        i = next;
      }
    }
    return this.more(i);
  }

  private escape(bytes: Uint8Array, i: number, end: number): number {
    this.escaped = true;
    const next = afterEscape(bytes, i, end);
    if (next >= 0 && !isDumpedEscape(bytes, i)) this.canonical = false;
    return next;
  }

  private numeral(bytes: Uint8Array, from: number, end: number): number {
    const next = afterNumber(bytes, from, end);
    if (next < 0) return ~next === end ? this.more(from) : this.bad(~next);
    const value = plainInteger(bytes, from, next);
    if (Number.isNaN(value)) this.canonical = false;
    this.number = (value | 0) === value ? value : OTHER;
    return next;
  }

  private literal(bytes: Uint8Array, from: number, end: number): number {
    const next = afterLiteral(bytes, from, end);
    if (next >= 0) return next;
    return ~next === end ? this.more(from) : this.bad(~next);
  }

  private more(i: number): -1 {
    this.at = i;
    return -1;
  }

  private bad(i: number): -2 {
    this.at = i;
    return -2;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
