import { dumpAscii } from '../json/dump.js';
import { parse } from '../json/parse.js';
import { JsonError, type JsonObject, type JsonValue } from '../json/value.js';

/** A message that no form of can be stored: neither JSON nor ASCII, or too long and not to be split. */
export class UnstorableMessage extends Error {}

/** One character of a string in ASCII JSON, a surrogate pair being one. */
const CHARACTER = /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[^\\]/g;

/**
 * The texts to store for a message in a column of `limit` characters: itself if it is ASCII and fits, else
 * as ASCII JSON (DIFFERENCES 6), split over several if need be (DIFFERENCES 7).
 * Throws UnstorableMessage when there is no such form.
 */
export function storable(message: string, limit: number): readonly string[] {
  if (message.length <= limit && isAscii(message)) return [message];
  const value = read(message);
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

function read(message: string): JsonValue {
  try {
    return parse(Buffer.from(message));
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
  const withPart = (part: string) => dumpAscii(new Map(message).set(key, part));
  return pieces(text, limit - withPart('').length)?.map(withPart);
}

/** Cuts a text between characters, so that each piece takes at most `room` characters in ASCII JSON. */
function pieces(text: string, room: number): string[] | undefined {
  const cut: string[] = [];
  let piece = '';
  for (const character of dumpAscii(text).slice(1, -1).match(CHARACTER) ?? []) {
    if (character.length > room) return undefined;
    if (piece.length + character.length > room) {
      cut.push(piece);
      piece = '';
    }
    piece += character;
  }
  cut.push(piece);
  return cut.map((written) => JSON.parse(`"${written}"`) as string);
}
