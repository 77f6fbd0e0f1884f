import type { Plain } from '../dialect/shapes.js';
import type { Framing } from '../protocol/dialect.js';

const NUL = 0x00;
const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const PREFIX = 4;
/** No document is longer, in bytes. */
const MOST = 1 << 24;

/** Cuts what one side of a connection says into documents, whatever stands around them, and finds out what that is. */
export class Cutter {
  /** What has been seen around the documents so far. */
  framing: Framing = 'none';
  #held: Buffer = Buffer.alloc(0);

  /** Takes what came. Returns the JSON objects that it completes; what is none is passed over. */
  push(bytes: Buffer): Plain[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const found: Plain[] = [];
    for (;;) {
      const start = this.#held.indexOf(OPEN);
      this.#look(this.#held.subarray(0, start < 0 ? this.#held.length : start));
      const end = start < 0 ? -1 : endOf(this.#held, start);
      if (end < 0) break;
      const document = parse(this.#held.subarray(start, end));
      if (document !== undefined) found.push(document);
      this.#lookBefore(start, end);
      this.#held = this.#held.subarray(end);
    }
    this.#look(this.#held);
    return found;
  }

  /** A length stands before the document. */
  #lookBefore(start: number, end: number): void {
    if (start < PREFIX) return;
    const length = this.#held.readUInt32BE(start - PREFIX);
    if (length >= end - start && length <= end - start + 2 && length < MOST) this.framing = 'length';
  }

  /** What stands between two documents. */
  #look(between: Buffer): void {
    if (this.framing !== 'none' || between.length === 0) return;
    if (between[0] === LF) this.framing = 'lf';
    else if (between[0] === NUL && between.length < PREFIX) this.framing = 'nul';
  }
}

/** Where the object that starts there ends; -1 when it has not ended yet. */
function endOf(bytes: Buffer, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString && byte === BACKSLASH) at++;
    else if (byte === QUOTE) inString = !inString;
    else if (!inString && byte === OPEN) depth++;
    else if (!inString && byte === CLOSE && --depth === 0) return at + 1;
  }
  return -1;
}

function parse(bytes: Buffer): Plain | undefined {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
