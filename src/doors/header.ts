import { isIP } from 'node:net';
import { readBinary, SIGNATURE } from './header-v2.js';
import type { Reading } from './reading.js';

const TEXT = 'PROXY ';
/** The longest header of version 1, with its line's end. */
const LONGEST = 107;

/** Reads a header of the PROXY protocol, of version 1 or 2. */
export function readHeader(bytes: Buffer): Reading {
  if (startsLike(bytes, SIGNATURE)) return readBinary(bytes);
  return startsLike(bytes, Buffer.from(TEXT)) ? readText(bytes) : 'wrong';
}

function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

/** Version 1: `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n`. */
function readText(bytes: Buffer): Reading {
  const end = bytes.subarray(0, LONGEST).indexOf('\r\n');
  if (end < 0) return bytes.length < LONGEST ? 'more' : 'wrong';
  const [, protocol, from = ''] = bytes.toString('latin1', 0, end).split(' ');
  const length = end + 2;
  if (protocol === 'UNKNOWN') return { address: undefined, length };
  return FAMILIES[protocol ?? ''] === isIP(from) ? { address: from, length } : 'wrong';
}

const FAMILIES: Readonly<Record<string, number>> = { TCP4: 4, TCP6: 6 };
