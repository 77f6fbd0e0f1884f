import type { Framing } from '../protocol/dialect.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const PREFIX = 4;

/** Where a document is among bytes: from its first byte up to behind its last. */
export type Span = readonly [start: number, end: number];

/** Where the whole documents in these bytes of a client are. */
export function spansIn(bytes: Buffer, framing: Framing): Span[] {
  return framing === 'length' ? behindLengths(bytes) : inBraces(bytes);
}

function behindLengths(bytes: Buffer): Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at + PREFIX <= bytes.length) {
    const start = at + PREFIX;
    at = start + bytes.readUInt32BE(at);
    if (at > bytes.length) break;
    spans.push([start, at]);
  }
  return spans;
}

function inBraces(bytes: Buffer): Span[] {
  const spans: Span[] = [];
  let [start, depth, inString] = [0, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (depth === 0) start = at;
    if (inString && byte === BACKSLASH) at++;
    else if (byte === QUOTE && depth > 0) inString = !inString;
    else if (!inString && byte === OPEN) depth++;
    else if (!inString && byte === CLOSE && depth > 0 && --depth === 0) spans.push([start, at + 1]);
  }
  return spans;
}

/** How many bytes are whole documents with what stands around them: what is behind may be the beginning of one. */
export function wholePart(bytes: Buffer, framing: Framing): number {
  const end = spansIn(bytes, framing).at(-1)?.[1] ?? 0;
  if (framing === 'length') return end;
  const next = bytes.indexOf(OPEN, end);
  return next < 0 ? bytes.length : next;
}

/** Bytes with each document in them changed, and its length told anew where it stands before it. */
export function withDocuments(bytes: Buffer, framing: Framing, change: (text: string) => string): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const [start, end] of spansIn(bytes, framing)) {
    const document = bytes.subarray(start, end);
    const text = document.toString();
    // Bytes that are no UTF-8 stay as they are.
    const changed = Buffer.from(text).equals(document) ? Buffer.from(change(text)) : document;
    parts.push(bytes.subarray(at, framing === 'length' ? start - PREFIX : start));
    if (framing === 'length') parts.push(lengthOf(changed));
    parts.push(changed);
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

function lengthOf(document: Buffer): Buffer {
  const length = Buffer.allocUnsafe(PREFIX);
  length.writeUInt32BE(document.length);
  return length;
}
