import { dumpAscii } from '../json/dump.js';
import { parse } from '../json/parse.js';
import { compareUtf8 } from '../json/utf8.js';
import { JsonError, type JsonObject, type JsonValue } from '../json/value.js';
import { UnstorableMessage } from './store.js';

/** The most texts that one message may become. */
const MOST_PARTS = 1000;

/** The same when the other fields leave each part less room than this share of the column. */
const LEAST_ROOM = 1 / 5;
const MOST_NARROW_PARTS = 10;

/**
 * The texts to store for a message in a column of `limit` characters: itself if it is ASCII and fits, else
 * as ASCII JSON (DIFFERENCES 6), split over several if need be (DIFFERENCES 7).
 * Throws UnstorableMessage when there is no such form.
 */
export function storable(message: string | Buffer, limit: number): readonly string[] {
  if (message.length <= limit && isAscii(message.toString())) return [message.toString()];
  const value = read(Buffer.from(message));
  const ascii = dumpAscii(value);
  if (ascii.length <= limit) return [ascii];
  const parts = value instanceof Map ? split(value, limit) : undefined;
  if (parts === undefined)
    throw new UnstorableMessage(`a message of ${ascii.length} characters cannot be split`);
  return parts;
}

/** Whether a text is of characters that every column can hold, and every charset writes the same. */
export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function read(message: Buffer): JsonValue {
  try {
    return parse(message);
  } catch (error) {
    if (error instanceof JsonError) throw new UnstorableMessage(`a message is not JSON: ${error.message}`);
    throw error;
  }
}

/** Splits the text of the message, or else its longest string. */
function split(message: JsonObject, limit: number): string[] | undefined {
  return splitField(message, 'msg', limit) ?? splitField(message, longestField(message), limit);
}

/** The key of the string that is longest when written, or undefined when there is none. */
function longestField(message: JsonObject): string | undefined {
  let longest: string | undefined;
  let length = -1;
  for (const [key, value] of message) {
    if (typeof value !== 'string' || dumpAscii(value).length <= length) continue;
    longest = key;
    length = dumpAscii(value).length;
  }
  return longest;
}

/** One message per part of that field, all with the same other fields. Undefined if it cannot be done. */
function splitField(message: JsonObject, key: string | undefined, limit: number): string[] | undefined {
  const text = key === undefined ? undefined : message.get(key);
  if (key === undefined || typeof text !== 'string') return undefined;
  const others = (side: 1 | -1) =>
    dumpAscii(new Map([...message].filter(([other]) => compareUtf8(other, key) * side > 0))).slice(1, -1);
  const [before, after] = [others(-1), others(1)];
  const head = `{${before}${before && ','}${dumpAscii(key)}:"`;
  const tail = `"${after && ','}${after}}`;
  const room = limit - head.length - tail.length;
  const most = room < limit * LEAST_ROOM ? MOST_NARROW_PARTS : MOST_PARTS;
  return pieces(dumpAscii(text).slice(1, -1), room, most)?.map((piece) => head + piece + tail);
}

/** Cuts a text in ASCII JSON between characters, into at most `most` pieces of at most `room`. */
function pieces(text: string, room: number, most: number): string[] | undefined {
  if (text.length > room * most) return undefined;
  const cut: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const length = characterAt(text, at);
    if (length > room) return undefined;
    if (at + length - start > room) {
      cut.push(text.slice(start, at));
      start = at;
    }
    at += length;
  }
  cut.push(text.slice(start));
  return cut.length > most ? undefined : cut;
}

/** How many characters of ASCII JSON the character takes that begins there, a surrogate pair being one. */
function characterAt(text: string, at: number): number {
  if (text[at] !== '\\') return 1;
  if (text[at + 1] !== 'u') return 2;
  const isHigh = /^d[89ab]/i.test(text.slice(at + 2, at + 4));
  return isHigh ? 12 : 6;
}
