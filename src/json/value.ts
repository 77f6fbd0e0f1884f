import { NormalError } from './normal-error.js';

/**
 * A JSON document as nlohmann/json 3.6.1 holds it (PROTOCOL.md section 3).
 *
 * C++ integers (int64, uint64) are bigint, C++ doubles are number, so `1` and `1.0` stay apart.
 * Objects are Maps, so no key is special. Text is a well-formed JavaScript string.
 */
export type JsonValue = null | boolean | bigint | number | string | JsonValue[] | JsonObject;
export type JsonObject = Map<string, JsonValue>;

/** A document that nlohmann refuses: 101 is a syntax error, 406 a number too large for a double. */
export class JsonError extends NormalError {
  readonly code: 101 | 406;
  /** Offset in bytes of the first byte that cannot be part of a document. */
  readonly offset: number;

  constructor(code: 101 | 406, offset: number) {
    super(code === 101 ? `syntax error at byte ${offset}` : `number out of range at byte ${offset}`);
    this.code = code;
    this.offset = offset;
  }
}
