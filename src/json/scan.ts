import { afterSequence } from './utf8.js';

/** What one call of `Scanner.scan` came to. */
export const DONE = 0;
export const MORE = 1;
export const BAD = 2;
export type Outcome = typeof DONE | typeof MORE | typeof BAD;

/** What may come next. */
const KEY_OR_END = 0;
const KEY = 1;
const KEY_REST = 2;
const COLON = 3;
const VALUE = 4;
const VALUE_OR_END = 5;
const STRING_REST = 6;
const COMMA_OR_END = 7;

/** Deeper objects are not checked for sorted keys: they are rare, and simply built anew. */
const SORTED_DEPTH = 16;
/** 18 digits fit an int64 whatever they are. */
const SAFE_DIGITS = 18;
const INT32_DIGITS = 10;

/** After `\`: 1 where the two bytes are what dump() itself writes, 2 where they only parse. */
const ESCAPES = new Uint8Array(256);
for (const c of '"\\bfnrt') ESCAPES[c.charCodeAt(0)] = 1;
ESCAPES[0x2f] = 2;

/** 1 for each byte that stands for itself in a string: ASCII without controls, `"` and `\\`. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

const LITERALS = new Map([
  [0x74, Buffer.from('true')],
  [0x66, Buffer.from('false')],
  [0x6e, Buffer.from('null')],
]);

/**
 * Reads one JSON object in a single pass over its bytes, by the grammar of nlohmann 3.6.1 (PROTOCOL.md
 * section 3). On the way it finds out whether the bytes already are what dump() would write, and reads
 * the int32 values of some top-level keys. The bytes may come in any number of pieces.
 */
export class Scanner {
  /** Where the last call stopped: behind the object (DONE), where to go on (MORE), or the wrong byte (BAD). */
  at = 0;
  /** Whether the bytes are their own dump(). Numbers beyond 18 digits, doubles and keys with escapes say no. */
  canonical = true;
  /** For each of `names`, the value of that top-level key, or NaN when it was not a plain int32. Last one wins. */
  readonly ints: number[];

  private readonly names: readonly Buffer[];
  private state = KEY_OR_END;
  private depth = 1;
  private readonly isArray: boolean[] = [];
  private readonly keyStart: number[] = [];
  private readonly keyEnd: number[] = [];
  private start = 0;
  private tokenStart = 0;
  private escaped = false;
  private field = -1;
  private number = Number.NaN;

  /** @param names the top-level keys whose values `ints` is to hold, in its order */
  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.ints = names.map(() => Number.NaN);
  }

  /** Starts on the object whose `{` is at `start`; the next scan begins behind it. */
  begin(start: number): void {
    this.at = start + 1;
    this.start = start;
    this.canonical = true;
    for (let n = 0; n < this.ints.length; n++) this.ints[n] = Number.NaN;
    this.state = KEY_OR_END;
    this.depth = 1;
    this.isArray[1] = false;
    this.keyStart[1] = -1;
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
    const from = this.start + this.tokenStart;
    if (this.depth === 1) this.field = this.wanted(bytes, from, next - 1);
    if (this.canonical) this.checkOrder(bytes, from, next - 1);
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

  /** Keys must rise by their bytes; equal ones would be joined by parse(). */
  private checkOrder(bytes: Uint8Array, from: number, to: number): void {
    const { depth } = this;
    const last = this.keyStart[depth] as number;
    if (this.escaped || depth > SORTED_DEPTH) this.canonical = false;
    else if (last >= 0) {
      const lastEnd = this.start + (this.keyEnd[depth] as number);
      this.canonical = rises(bytes, this.start + last, lastEnd, from, to);
    }
    this.keyStart[depth] = from - this.start;
    this.keyEnd[depth] = to - this.start;
  }

  private value(bytes: Uint8Array, i: number, end: number, byte: number): number {
    this.number = Number.NaN;
    if (byte === 0x22) {
      this.state = STRING_REST;
      return this.text(bytes, i + 1, end);
    }
    if (byte === 0x7b) return this.open(i, false, KEY_OR_END);
    if (byte === 0x5b) return this.open(i, true, VALUE_OR_END);
    const next =
      byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
        ? this.digits(bytes, i, end)
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
    const isArray = this.isArray[this.depth];
    if (byte !== 0x2c) return byte === (isArray ? 0x5d : 0x7d) ? this.close(i) : this.bad(i);
    this.state = isArray ? VALUE : KEY;
    // The same short cut past KEY.
    const isKey = !isArray && i + 1 < end && bytes[i + 1] === 0x22;
    return isKey ? this.openKey(bytes, i + 1, end, 0x22) : i + 1;
  }

  private open(i: number, isArray: boolean, state: number): number {
    if (this.depth === 1 && this.field >= 0) this.ints[this.field] = Number.NaN;
    this.depth++;
    this.isArray[this.depth] = isArray;
    this.keyStart[this.depth] = -1;
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

  /** The place behind the escape at `i`; the complement of the byte that makes it none, or of `end`. */
  private escape(bytes: Uint8Array, i: number, end: number): number {
    this.escaped = true;
    if (i + 1 >= end) return ~end;
    const byte = bytes[i + 1] as number;
    if (byte === 0x75) return this.unicodeEscape(bytes, i, end);
    const kind = ESCAPES[byte] as number;
    if (kind === 2) this.canonical = false;
    return kind > 0 ? i + 2 : ~i;
  }

  private unicodeEscape(bytes: Uint8Array, i: number, end: number): number {
    const unit = hex4(bytes, i + 2, end);
    if (unit < 0) return unit === -1 ? ~end : ~i;
    if (unit >= 0x20 || !isDumped(bytes, i, unit)) this.canonical = false;
    if (unit < 0xd800 || unit > 0xdfff) return i + 6;
    if (unit > 0xdbff) return ~i;
    if (i + 6 < end && bytes[i + 6] !== 0x5c) return ~i;
    if (i + 7 < end && bytes[i + 7] !== 0x75) return ~i;
    const low = hex4(bytes, i + 8, end);
    if (low === -1) return ~end;
    return low >= 0xdc00 && low <= 0xdfff ? i + 12 : ~i;
  }

  private digits(bytes: Uint8Array, from: number, end: number): number {
    const negative = bytes[from] === 0x2d;
    const first = negative ? from + 1 : from;
    let i = first;
    let value = 0;
    while (i < end && isDigit(bytes[i] as number)) {
      value = value * 10 + (bytes[i] as number) - 0x30;
      i++;
      if (bytes[first] === 0x30) break;
    }
    if (i === end) return this.more(from);
    if (i === first) return this.bad(i);
    const byte = bytes[i] as number;
    if (byte === 0x2e || byte === 0x65 || byte === 0x45) return this.fraction(bytes, from, i, end);
    if (i - first > SAFE_DIGITS || (negative && value === 0)) this.canonical = false;
    else if (i - first <= INT32_DIGITS) this.number = asInt32(negative ? -value : value);
    return i;
  }

  private fraction(bytes: Uint8Array, from: number, point: number, end: number): number {
    this.canonical = false;
    let i = point;
    if (bytes[i] === 0x2e) {
      const digits = skipDigits(bytes, i + 1, end);
      if (digits === end) return this.more(from);
      if (digits === i + 1) return this.bad(digits);
      i = digits;
    }
    if (bytes[i] !== 0x65 && bytes[i] !== 0x45) return i;
    i++;
    if (i < end && (bytes[i] === 0x2b || bytes[i] === 0x2d)) i++;
    const digits = skipDigits(bytes, i, end);
    if (digits === end) return this.more(from);
    return digits === i ? this.bad(i) : digits;
  }

  private literal(bytes: Uint8Array, from: number, end: number): number {
    const word = LITERALS.get(bytes[from] as number);
    if (word === undefined) return this.bad(from);
    for (let k = 1; k < word.length; k++) {
      if (from + k === end) return this.more(from);
      if (bytes[from + k] !== word[k]) return this.bad(from + k);
    }
    return from + word.length;
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

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && isDigit(bytes[i] as number)) i++;
  return i;
}

function asInt32(value: number): number {
  return (value | 0) === value ? value : Number.NaN;
}

/** Whether the key [a, aEnd) comes before the key [b, bEnd) by its bytes. */
function rises(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  const length = Math.min(aEnd - a, bEnd - b);
  for (let k = 0; k < length; k++) {
    const difference = (bytes[a + k] as number) - (bytes[b + k] as number);
    if (difference !== 0) return difference < 0;
  }
  return aEnd - a < bEnd - b;
}

/** The value of four hex digits, -1 when `end` comes before their end, -2 when there is something else. */
function hex4(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let i = from; i < from + 4; i++) {
    if (i >= end) return -1;
    const digit = HEX[bytes[i] as number] as number;
    if (digit < 0) return -2;
    value = value * 16 + digit;
  }
  return value;
}

/** Whether dump() writes this control character as the `\u00xx` that stands at `i`: lower case, and no short form. */
function isDumped(bytes: Uint8Array, i: number, unit: number): boolean {
  const last = bytes[i + 5] as number;
  return (
    unit !== 8 && unit !== 9 && unit !== 10 && unit !== 12 && unit !== 13 && (last < 0x41 || last > 0x46)
  );
}
