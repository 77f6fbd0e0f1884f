import { formatDouble } from './double.js';
import { compareUtf8 } from './utf8.js';
import type { JsonObject, JsonValue } from './value.js';

/** Anything but the characters that stand for themselves: `"`, `\` and the controls below U+0020. */
const NEEDS_ESCAPE = /[^ !#-[\]-\uffff]/;

/** Characters above U+007E, one UTF-16 unit at a time. */
const NOT_ASCII = /[\u007f-\uffff]/g;

/** An array or object that is not written to its end. `keys` is empty for an array. */
interface Open {
  readonly keys: readonly string[];
  readonly values: readonly JsonValue[];
  readonly close: string;
  readonly outer: Open | undefined;
  next: number;
}

/** The document as nlohmann/json 3.6.1's dump() writes it (PROTOCOL.md section 3); encode it as UTF-8. */
export function dump(value: JsonValue): string {
  let out = '';
  let open: Open | undefined;
  let current: JsonValue | undefined = value;
  // A loop and not a recursion, as `parse` is.
  while (current !== undefined) {
    if (typeof current === 'object' && current !== null) {
      open = Array.isArray(current) ? openArray(current, open) : openObject(current, open);
      out += open.close === ']' ? '[' : '{';
    } else {
      out += scalar(current);
    }
    while (open !== undefined && open.next === open.values.length) {
      out += open.close;
      open = open.outer;
    }
    if (open === undefined) return out;
    out += lead(open);
    current = open.values[open.next++];
  }
  return out;
}

/** The same document in ASCII: every character above U+007E is written `\uXXXX` (DIFFERENCES 6). */
export function dumpAscii(value: JsonValue): string {
  return dump(value).replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** One string as `dump` writes it. */
export function quote(text: string): string {
  // For well-formed text JSON.stringify escapes the same characters in the same way.
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function scalar(value: null | boolean | bigint | number | string): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' ? formatDouble(value) : String(value);
}

/** The text before the next member: a comma unless it is the first, its key if it has one. */
function lead(open: Open): string {
  const comma = open.next === 0 ? '' : ',';
  const key = open.keys[open.next];
  return key === undefined ? comma : `${comma}${quote(key)}:`;
}

function openArray(values: JsonValue[], outer: Open | undefined): Open {
  return { keys: [], values, close: ']', outer, next: 0 };
}

function openObject(object: JsonObject, outer: Open | undefined): Open {
  const keys = sortedKeys(object);
  const values = keys.map((key) => object.get(key) ?? null);
  return { keys, values, close: '}', outer, next: 0 };
}

function sortedKeys(object: JsonObject): string[] {
  const keys = [...object.keys()];
  // A document of a server or client of ours is in order already, and looking is cheaper than sorting.
  const isSorted = keys.every((key, i) => i === 0 || compareUtf8(keys[i - 1] ?? '', key) < 0);
  return isSorted ? keys : keys.sort(compareUtf8);
}
