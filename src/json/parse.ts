import { readNumber } from './number.js';
import { END, Reader } from './reader.js';
import { readString } from './string.js';
import type { JsonObject, JsonValue } from './value.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

type Container = JsonValue[] | JsonObject;

/** An array or object that is not read to its end, `key` the name its next member gets. */
interface Open {
  readonly container: Container;
  readonly outer: Open | undefined;
  key: string;
}

/**
 * Reads the one document that the bytes from `start` to before `end` hold, as nlohmann/json 3.6.1 reads it
 * (PROTOCOL.md section 3); a NUL outside a string ends it too.
 *
 * Throws the first JsonError in reading order. Its offset counts from `start` and is that of the byte the
 * document cannot go on with: where it ends, if it is cut; the first of a number out of range; the last of a
 * `\u` escape that is half a surrogate pair.
 */
export function parse(bytes: Uint8Array, start = 0, end = bytes.length): JsonValue {
  const reader = new Reader(bytes, start, end);
  reader.skipBom();
  const value = readTree(reader);
  if (reader.peek() !== END) reader.fail(reader.at);
  return value;
}

/** A loop and not a recursion: depth is bounded by the input alone. */
function readTree(reader: Reader): JsonValue {
  let open: Open | undefined;
  for (;;) {
    let value = readStart(reader);
    if (isContainer(value) && !reader.take(closing(value))) {
      open = { container: value, outer: open, key: readKey(reader, value) };
      continue;
    }
    while (open !== undefined && !add(reader, open, value)) {
      value = open.container;
      open = open.outer;
    }
    if (open === undefined) return value;
  }
}

/** Adds a member and reads what follows it; tells whether another member comes next. */
function add(reader: Reader, open: Open, value: JsonValue): boolean {
  const { container } = open;
  if (Array.isArray(container)) container.push(value);
  else container.set(open.key, value);
  if (!reader.take(COMMA)) {
    reader.expect(closing(container));
    return false;
  }
  open.key = readKey(reader, container);
  return true;
}

/** Reads the name and colon of an object's next member; an array's members have none. */
function readKey(reader: Reader, container: Container): string {
  if (Array.isArray(container)) return '';
  if (reader.peek() !== QUOTE) reader.fail(reader.at);
  const key = readString(reader);
  reader.expect(COLON);
  return key;
}

/** Reads a whole string, number or word, or the opening bracket of an array or object. */
function readStart(reader: Reader): JsonValue {
  switch (reader.peek()) {
    case QUOTE:
      return readString(reader);
    case OPEN_OBJECT:
      reader.at++;
      return new Map();
    case OPEN_ARRAY:
      reader.at++;
      return [];
    case TRUE[0]:
      return readWord(reader, TRUE, true);
    case FALSE[0]:
      return readWord(reader, FALSE, false);
    case NULL[0]:
      return readWord(reader, NULL, null);
    default:
      return readNumber(reader);
  }
}

function readWord<T>(reader: Reader, word: Buffer, value: T): T {
  reader.skip(word);
  return value;
}

function isContainer(value: JsonValue): value is Container {
  return typeof value === 'object' && value !== null;
}

function closing(container: Container): number {
  return Array.isArray(container) ? CLOSE_ARRAY : CLOSE_OBJECT;
}
