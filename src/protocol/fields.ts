import type { JsonObject, JsonValue } from '../json/value.js';

/** The fields that are read as a C++ int, and that the scan of a message finds by itself. */
export const INT_FIELDS = ['msgid', 'id', 'toid', 'groupid', 'friendid'] as const;
export type IntField = (typeof INT_FIELDS)[number];

export type TextField = 'name' | 'password' | 'groupname' | 'groupdesc';

/** A field is missing, or of a type that ends the original's process (PROTOCOL.md section 4). */
export class FieldError extends Error {}

/** Reads a field as C++ does: integers wrap to 32 bits, doubles are cut toward zero, booleans are 0 or 1. */
export function readInt(object: JsonObject, field: IntField): number {
  return toInt32(object.get(field), field);
}

/** Reads a field that must be a string. */
export function readText(object: JsonObject, field: TextField): string {
  const value = object.get(field);
  if (typeof value === 'string') return value;
  throw new FieldError(`${field} is not a string`);
}

const OUT_OF_RANGE = -2147483648;

function toInt32(value: JsonValue | undefined, field: IntField): number {
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
      throw new FieldError(`${field} is not a number`);
  }
}
