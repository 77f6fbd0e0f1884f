import type { Reader } from './reader.js';
import { afterSequence } from './utf8.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** 1 for each byte that stands for itself in a string: ASCII without controls, `"` and `\`. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** The bytes that the letter after a backslash stands for; `u` apart. */
const ESCAPES = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, text]) => [letter.charCodeAt(0), text],
  ),
);

/** Reads the string whose opening quote is at the reader's place. */
export function readString(reader: Reader): string {
  const from = reader.at + 1;
  const to = afterPlain(reader, from);
  if (reader.byte(to) !== QUOTE) return readMixed(reader, from, to);
  reader.at = to + 1;
  return reader.ascii(from, to);
}

function afterPlain(reader: Reader, from: number): number {
  const { bytes, end } = reader;
  let at = from;
  while (at < end && PLAIN[bytes[at] ?? 0] === 1) at++;
  return at;
}

/** The rest of a string with escapes or with more than ASCII in it, plain from `from` to `to`. */
function readMixed(reader: Reader, from: number, to: number): string {
  let text = '';
  let pieceStart = from;
  reader.at = to;
  for (;;) {
    const byte = reader.byte(reader.at);
    if (byte === QUOTE || byte === BACKSLASH) {
      text += reader.bytes.toString('utf8', pieceStart, reader.at++);
      if (byte === QUOTE) return text;
      text += readEscape(reader);
      pieceStart = reader.at;
    } else {
      skipSequence(reader);
    }
    reader.at = afterPlain(reader, reader.at);
  }
}

/** Skips a character above U+007F; a control character, or the end of the input, is no such thing. */
function skipSequence(reader: Reader): void {
  const after = reader.at < reader.end ? afterSequence(reader.bytes, reader.at, reader.end) : ~reader.end;
  if (after < 0) reader.fail(~after);
  reader.at = after;
}

/** Reads what follows a backslash. */
function readEscape(reader: Reader): string {
  const letter = reader.byte(reader.at);
  if (letter === 0x75) return readUnicode(reader);
  const text = ESCAPES.get(letter) ?? reader.fail(reader.at);
  reader.at++;
  return text;
}

/** Reads `uXXXX`, and the second half of a surrogate pair with it. */
function readUnicode(reader: Reader): string {
  const unit = readHex(reader);
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
  if (unit > 0xdbff) reader.fail(reader.at - 1);
  reader.skip([BACKSLASH]);
  const second = readHex(reader);
  if (second < 0xdc00 || second > 0xdfff) reader.fail(reader.at - 1);
  return String.fromCharCode(unit, second);
}

function readHex(reader: Reader): number {
  reader.skip([0x75]);
  let unit = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(reader.byte(reader.at));
    if (digit < 0) reader.fail(reader.at);
    unit = unit * 16 + digit;
    reader.at++;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
