// The package's types belong to this file of it only.
import { Parser } from 'binary-parser/dist/binary_parser.js';
import { type Segment, segmentIn } from './segment.js';

/** What stands before the IP packet in a frame, in bytes, by the kind of the link. */
const LINKS: Readonly<Record<number, number>> = { 0: 4, 1: 14, 12: 0, 101: 0, 113: 16, 276: 20 };

/** The four bytes that a capture begins with: microseconds and nanoseconds, in both orders. */
const LITTLE = [0xa1b2c3d4, 0xa1b23c4d];
const BIG = [0xd4c3b2a1, 0x4d3cb2a1];
const PCAPNG = 0x0a0d0d0a;
const HEADER = 24;

interface Capture {
  readonly linkType: number;
  readonly records: readonly { readonly frame: Buffer }[];
}

/** The TCP segments of a capture, in the order in which they were captured. Throws for a file that is no pcap. */
export function segmentsOf(file: Buffer): Segment[] {
  const magic = file.length < HEADER ? 0 : file.readUInt32LE();
  if (magic === PCAPNG) throw new Error('is a pcapng; tcpdump -r FILE -w OTHER makes a pcap of it');
  if (![...LITTLE, ...BIG].includes(magic)) throw new Error('is no pcap');
  const { linkType, records } = capture(LITTLE.includes(magic) ? 'little' : 'big').parse(file) as Capture;
  const start = LINKS[linkType & 0xffff];
  if (start === undefined) throw new Error(`is of a link of kind ${linkType}, which is not known here`);
  return records.flatMap(({ frame }) => segmentIn(frame.subarray(start)) ?? []);
}

function capture(order: 'little' | 'big'): Parser {
  const record = new Parser()
    .endianness(order)
    .seek(8)
    .uint32('length')
    .seek(4)
    .buffer('frame', { length: 'length' });
  return new Parser()
    .endianness(order)
    .seek(20)
    .uint32('linkType')
    .array('records', { type: record, readUntil: 'eof' });
}
