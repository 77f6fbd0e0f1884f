import { dump } from '../json/dump.js';
import { parse } from '../json/parse.js';
import { isThere, OTHER, type Scanner } from '../json/scan.js';
import { JsonError, type JsonObject, type JsonValue } from '../json/value.js';
import {
  type Claim,
  FieldError,
  type FieldNames,
  hasField,
  type IntField,
  type IntNames,
  readInt,
  readText,
  SEQ,
  type TextField,
} from './fields.js';

/** The highest number that a message may have. */
export const MOST_SEQ = 2 ** 31 - 1;

/** Changes a document, and gives it back. */
export type Change = (document: JsonObject) => JsonObject;

/**
 * One document of a client. Values that the scan has found are used as they are. The document is parsed only for values
 * that the scan did not find, and built anew only when it is not canonical.
 */
export class Message {
  /** The names of the fields. They change once it is known which request the message makes. */
  fields: FieldNames;

  private bytes: Buffer;
  private readonly canonical: boolean;
  private readonly ints: readonly number[];
  private parsed: JsonObject | undefined;

  /** @param bytes one whole object that `scan` has just gone over, looking for the names of the same dialect */
  constructor(bytes: Buffer, scan: Scanner, fields: FieldNames) {
    this.bytes = bytes;
    this.fields = fields;
    this.canonical = scan.canonical;
    this.ints = scan.canonical ? scan.ints.slice() : [];
  }

  /** How long the document is as it came, in bytes. */
  get length(): number {
    return this.bytes.length;
  }

  /** For one that waits: without a copy a few small documents would keep all the reads that they came in. */
  copyBytes(): void {
    this.bytes = Buffer.from(this.bytes);
  }

  /** An integer field (PROTOCOL.md section 4). Throws FieldError, or JsonError for a number beyond any double. */
  int(field: IntField): number {
    const names = this.fields.ints[field];
    const first = this.ints[names.first] as number;
    // Neither OTHER, nor NaN, nor undefined.
    if (first < OTHER) return first;
    const found = this.canonical ? this.found(names) : OTHER;
    return found < OTHER ? found : readInt(this.object, names.names);
  }

  /** A string field (PROTOCOL.md section 4). Throws FieldError, or JsonError. */
  text(field: TextField): string {
    return readText(this.object, this.fields.texts[field]);
  }

  /** Gives a string field another text: `text` returns it from now on. */
  setText(field: TextField, text: string): void {
    const { names } = this.fields.texts[field];
    const name = names.find((each) => this.object.has(each)) ?? names[0] ?? field;
    this.object.set(name, text);
  }

  /** Whether an integer field is there, of whatever type. Throws JsonError as `int` does. */
  has(field: IntField): boolean {
    const names = this.fields.ints[field];
    return this.canonical ? isThere(this.found(names)) : hasField(this.object, names.names);
  }

  /** Whether there is a field `seq`, of whatever type. Throws JsonError. */
  get hasSeq(): boolean {
    const { seq } = this.fields;
    if (seq === undefined) return false;
    return this.canonical ? isThere(this.ints[seq] ?? Number.NaN) : this.object.has(SEQ);
  }

  /** The number in the field `seq`; undefined unless it is a whole number from 1 to 2,147,483,647. Throws JsonError. */
  get seq(): number | undefined {
    const { seq } = this.fields;
    if (seq === undefined) return undefined;
    const value = this.canonical ? this.ints[seq] : this.object.get(SEQ);
    // A double is no whole number, whatever its value is.
    const isWhole = this.canonical || typeof value === 'bigint';
    return isWhole && Number(value) >= 1 && Number(value) <= MOST_SEQ ? Number(value) : undefined;
  }

  /** Whether a string field is there, of whatever type. Throws JsonError. */
  hasText(field: TextField): boolean {
    return hasField(this.object, this.fields.texts[field].names);
  }

  /** Every field that claims who the sender is. Throws JsonError. */
  claims(): [Claim, JsonValue][] {
    const { claims } = this.fields;
    if (claims === undefined) return [];
    return [...this.object].flatMap(([name, value]) => {
      const claim = claims(name);
      return claim === undefined ? [] : [[claim, value] as [Claim, JsonValue]];
    });
  }

  /** Any field by the very name it has in the document; undefined when there is none that can be read. */
  raw(name: string): JsonValue | undefined {
    try {
      return this.object.get(name);
    } catch (error) {
      if (error instanceof JsonError) return undefined;
      throw error;
    }
  }

  /**
   * The bytes that are written on to others: the document as nlohmann's dump() writes it.
   *
   * @param change what a dialect's server does to a copy of it before
   */
  relay(change?: Change): Buffer {
    if (change !== undefined) return Buffer.from(dump(change(new Map(this.object))));
    return this.canonical ? this.bytes : Buffer.from(dump(this.object));
  }

  /** The value that the scan found under the first of the names that is there. */
  private found({ places }: IntNames): number {
    for (let n = 0; n < places.length; n++) {
      const found = this.ints[places[n] as number] as number;
      if (isThere(found)) return found;
    }
    return Number.NaN;
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
