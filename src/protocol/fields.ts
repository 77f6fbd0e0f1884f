import { NormalError } from '../json/normal-error.js';
import type { JsonObject, JsonValue } from '../json/value.js';

/** The fields that are read as a C++ int, and that the scan of a message finds by itself. */
export const INT_FIELDS = ['msgid', 'id', 'toid', 'groupid', 'friendid'] as const;
export type IntField = (typeof INT_FIELDS)[number];

/** By which a client tells its requests apart, and numbers its messages (PROTOCOL.md section 9): the same in all dialects. */
export const SEQ = 'seq';

/** The fields that must be strings. `toname` and `friendname` are for dialects that name users. */
export const TEXT_FIELDS = [
  'name',
  'password',
  'newpassword',
  'groupname',
  'groupdesc',
  'toname',
  'friendname',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** The names that an int field may have in a document; the first one that is there counts. */
export interface IntNames {
  readonly names: readonly string[];
  /** For each of the names, its place among the names that the scan looks for. */
  readonly places: readonly number[];
  /** The first of the places. */
  readonly first: number;
}

/** The names that a string field may have, and its value when it is not there; undefined: it must be there. */
export interface TextNames {
  readonly names: readonly string[];
  readonly absent: string | undefined;
}

/** The kinds of a field that names the sender to a reader: always an id, an id or a name, or a name. */
export type Claim = 'id' | 'idOrName' | 'name';

/** The names of the fields of a request. */
export interface FieldNames {
  readonly ints: Readonly<Record<IntField, IntNames>>;
  readonly texts: Readonly<Record<TextField, TextNames>>;
  /** The place of the field `seq` among the names that the scan looks for; undefined where another field is called so. */
  readonly seq: number | undefined;
  /**
   * Tells the claim of a field about the sender: readers may show another field than the one that the server checks.
   * Undefined where only one field can be taken for the sender.
   */
  readonly claims: ((name: string) => Claim | undefined) | undefined;
}

/** A field is missing, or of a type that ends the original's process (PROTOCOL.md section 4). */
export class FieldError extends NormalError {}

/** Reads a field as C++ does: integers wrap to 32 bits, doubles are cut toward zero, booleans are 0 or 1. */
export function readInt(object: JsonObject, names: readonly string[]): number {
  const name = nameIn(object, names);
  return toInt32(object.get(name), name);
}

/** Reads a field that must be a string. */
export function readText(object: JsonObject, { names, absent }: TextNames): string {
  const name = nameIn(object, names);
  const value = object.has(name) ? object.get(name) : absent;
  if (typeof value === 'string') return value;
  throw new FieldError(`${name} is not a string`);
}

/** Whether the object has a field that may be called so. */
export function hasField(object: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => object.has(name));
}

/** The name that the object has; the first one if it has none of them. */
function nameIn(object: JsonObject, names: readonly string[]): string {
  return names.find((name) => object.has(name)) ?? names[0] ?? '';
}

const OUT_OF_RANGE = -2147483648;

function toInt32(value: JsonValue | undefined, name: string): number {
  const int = asInt32(value);
  if (int === undefined) throw new FieldError(`${name} is not a number`);
  return int;
}

/** A value as C++ reads an int from it; undefined for a value that is no number. */
export function asInt32(value: JsonValue | undefined): number | undefined {
  switch (typeof value) {
    case 'bigint':
      return Number(BigInt.asIntN(32, value));
    case 'number': {
      const cut = Math.trunc(value);
      return (cut | 0) === cut ? cut | 0 : OUT_OF_RANGE;
    }
    case 'boolean':
      return value ? 1 : 0;
    default:
      return undefined;
  }
}
