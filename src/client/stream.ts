const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The most bytes of one document that are kept, unless more are asked for. */
export const MOST_BYTES = 16_777_216;

/** A document has no end in sight: the message says how long it is already. */
export class TooLong extends Error {}

/**
 * Cuts the server's stream into documents. The server ends them with nothing (PROTOCOL.md section 2), so
 * braces outside strings are counted.
 *
 * Returns a function that takes the bytes of each read and returns the texts of the objects they complete.
 * Bytes between objects are skipped. It throws TooLong when an object gets longer than `most` bytes.
 */
export function documentStream(most = MOST_BYTES): (chunk: Buffer) => string[] {
  const held = new Held();
  let depth = 0;
  let inString = false;
  let escaped = false;

  /** Moves over one byte inside an object. */
  function step(byte: number): void {
    if (escaped) escaped = false;
    else if (inString && byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) inString = !inString;
    else if (inString) return;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE) depth--;
  }

  return (chunk) => {
    const documents: string[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (depth === 0) {
        if (byte !== OPEN) continue;
        start = at;
      }
      step(byte);
      if (depth > 0) continue;
      documents.push(held.take(chunk.subarray(start, at + 1)));
      start = at + 1;
    }
    if (depth > 0) held.add(chunk.subarray(start));
    if (held.length > most) throw new TooLong(`a document of more than ${most} bytes`);
    return documents;
  };
}

/** The beginning of a document, in one buffer: a list of reads of one byte each would be a hundred times as large. */
export class Held {
  length = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** How many bytes of memory it takes. */
  get room(): number {
    return this.#bytes.length;
  }

  /** The bytes that were added. The view is valid until more are added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** The first `count` bytes are done with. */
  drop(count: number): void {
    const rest = Buffer.from(this.bytes.subarray(count));
    this.#bytes = rest;
    this.length = rest.length;
  }

  add(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.length);
    this.length = needed;
  }

  /** The text of all bytes that were added, with these last ones. Nothing is held afterwards. */
  take(last: Buffer): string {
    if (this.length === 0) return last.toString();
    this.add(last);
    const text = this.#bytes.toString('utf8', 0, this.length);
    this.length = 0;
    this.#bytes = Buffer.alloc(0);
    return text;
  }
}
