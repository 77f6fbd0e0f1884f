import { loadDialect } from '../../src/dialect/load.js';
import { dump } from '../../src/json/dump.js';
import { parse } from '../../src/json/parse.js';
import { Scanner } from '../../src/json/scan.js';
import { ScannerPool } from '../../src/json/scanner-pool.js';
import { Framer } from '../../src/net/framer.js';
import { Message } from '../../src/protocol/message.js';
import type { Case } from './bench.js';
import { DOCUMENT, FRAME, PIPELINED, UNSORTED } from './samples.js';

const dialect = loadDialect('original');
const READ = Buffer.concat(Array<Buffer>(PIPELINED).fill(FRAME));

/** From a read to documents. */
export function framer(): Case[] {
  const open = new Framer(new ScannerPool(dialect.scanned), 65_536, () => {});
  const cut = (chunk: Buffer) => {
    open.push(chunk);
    while (open.next() !== undefined);
  };
  return [
    ['1 document in a read', () => cut(FRAME)],
    [`${PIPELINED} documents in a read`, () => cut(READ)],
    [
      '1 document in 2 reads',
      () => {
        cut(FRAME.subarray(0, 50));
        cut(FRAME.subarray(50));
      },
    ],
  ];
}

/** From bytes to values and back. */
export function json(): Case[] {
  const scanner = new Scanner(dialect.scanned);
  const scan = (bytes: Buffer) => {
    scanner.begin(0);
    return scanner.scan(bytes, bytes.length);
  };
  const value = parse(DOCUMENT);
  return [
    ['scan, canonical', () => scan(DOCUMENT)],
    ['scan, not canonical', () => scan(UNSORTED)],
    ['parse', () => parse(DOCUMENT)],
    ['dump', () => dump(value)],
  ];
}

/** From a scanned document to the bytes that are sent on. */
export function message(): Case[] {
  const relay = (bytes: Buffer) => {
    const scanner = new Scanner(dialect.scanned);
    scanner.begin(0);
    scanner.scan(bytes, bytes.length);
    return () => {
      const one = new Message(bytes, scanner, dialect.fields);
      return one.int('msgid') + one.int('toid') + one.int('id') + one.relay().length;
    };
  };
  return [
    ['relay, canonical', relay(DOCUMENT)],
    ['relay, not canonical', relay(UNSORTED)],
  ];
}
