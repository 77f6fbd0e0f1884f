import { SocketAddress } from 'node:net';
import { Parser } from 'binary-parser/dist/binary_parser.js';
import type { Reading } from './reading.js';

export const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** How many bytes tell how long the rest is. */
const FIXED = 16;
/** No proxy says more than this, in bytes. */
const MOST = 4096;
const VERSION = 2;
const COMMANDS = { local: 0, proxy: 1 };

interface Parsed {
  readonly version: number;
  readonly command: number;
  readonly from: { readonly source?: readonly number[] };
  readonly family: number;
}

/** By the number of the family: how its addresses are laid out, and are written. */
const FAMILIES: Readonly<Record<number, { layout: Parser; length: number; write: Write }>> = {
  1: { layout: new Parser().array('source', { type: 'uint8', length: 4 }), length: 12, write: writeV4 },
  2: { layout: new Parser().array('source', { type: 'uint16be', length: 8 }), length: 36, write: writeV6 },
};
type Write = (source: readonly number[]) => string;

const HEADER = new Parser()
  .seek(SIGNATURE.length)
  .bit4('version')
  .bit4('command')
  .bit4('family')
  .bit4('transport')
  .uint16be('length')
  .choice('from', {
    tag: 'family',
    choices: Object.fromEntries(Object.entries(FAMILIES).map(([family, { layout }]) => [family, layout])),
    defaultChoice: new Parser(),
  });

/** Version 2: all that begins with its signature. */
export function readBinary(bytes: Buffer): Reading {
  if (bytes.length < FIXED) return 'more';
  const length = FIXED + bytes.readUInt16BE(FIXED - 2);
  if (length > MOST) return 'wrong';
  if (bytes.length < length) return 'more';
  const family = FAMILIES[(bytes[FIXED - 3] ?? 0) >> 4];
  if (family !== undefined && length < FIXED + family.length) return 'wrong';
  const { version, command, from } = HEADER.parse(bytes) as Parsed;
  if (version !== VERSION || command > COMMANDS.proxy) return 'wrong';
  const isClient = command === COMMANDS.proxy && from.source !== undefined;
  return { address: isClient ? family?.write(from.source) : undefined, length };
}

function writeV4(source: readonly number[]): string {
  return source.join('.');
}

function writeV6(source: readonly number[]): string {
  const address = source.map((part) => part.toString(16)).join(':');
  return new SocketAddress({ address, family: 'ipv6' }).address;
}
