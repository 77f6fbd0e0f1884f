import { dump } from '../json/dump.js';
import { parse } from '../json/parse.js';
import type { Scanner } from '../json/scan.js';
import type { JsonObject } from '../json/value.js';
import { FieldError, INT_FIELDS, type IntField, readInt, readText, type TextField } from './fields.js';

const INDEX = Object.fromEntries(INT_FIELDS.map((name, index) => [name, index])) as Record<IntField, number>;

/**
 * One document of a client. What the scan already found is used as it is; only what it did not find
 * makes the document be parsed, and only a document that is not canonical is built anew.
 */
export class Message {
  private readonly bytes: Buffer;
  private readonly canonical: boolean;
  private readonly ints: readonly number[];
  private parsed: JsonObject | undefined;

  /** @param bytes one whole object that `scan` has just gone over, with INT_FIELDS as its names */
  constructor(bytes: Buffer, scan: Scanner) {
    this.bytes = bytes;
    this.canonical = scan.canonical;
    this.ints = scan.canonical ? scan.ints.slice() : [];
  }

  /** An integer field (PROTOCOL.md section 4). Throws FieldError, or JsonError for a number beyond any double. */
  int(field: IntField): number {
    const found = this.ints[INDEX[field]];
    return found === undefined || Number.isNaN(found) ? readInt(this.object, field) : found;
  }

  /** A string field (PROTOCOL.md section 4). Throws FieldError, or JsonError. */
  text(field: TextField): string {
    return readText(this.object, field);
  }

  /** The bytes that are written on to others: the document as nlohmann's dump() writes it. */
  relay(): Buffer {
    return this.canonical ? this.bytes : Buffer.from(dump(this.object));
  }

  private get object(): JsonObject {
    if (this.parsed === undefined) {
      const value = parse(this.bytes);
      if (!(value instanceof Map)) throw new FieldError('not an object');
      this.parsed = value;
    }
    return this.parsed;
  }
}
