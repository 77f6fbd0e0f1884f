// The package's types belong to this file of it only.
import { Parser } from 'binary-parser/dist/binary_parser.js';
import { parseFrame, type Segment } from './frame.js';

interface Record {
  length: number;
  frame: Buffer;
}

interface Capture {
  magic: number;
  linkType: number;
  records: Record[];
}

const record = new Parser()
  .endianness('little')
  .seek(8)
  .uint32('length')
  .uint32('wireLength')
  .buffer('frame', { length: 'length' });

const capture = new Parser()
  .endianness('little')
  .uint32('magic')
  .seek(16)
  .uint32('linkType')
  .array('records', { type: record, readUntil: 'eof' });

const MICROSECONDS = 0xa1b2c3d4;
const ETHERNET = 1;

/**
 * Reads a capture of TCP over IPv4 in Ethernet frames, in little-endian pcap with microseconds.
 * Throws for any other kind, and for a file that is cut short.
 */
export function parsePcap(file: Buffer): Segment[] {
  const { magic, linkType, records } = capture.parse(file) as Capture;
  if (magic !== MICROSECONDS || linkType !== ETHERNET) throw new Error('not a pcap of this kind');
  return records.map(({ length, frame }) => {
    // A body that is cut short is parsed without an error.
    if (frame.length !== length) throw new Error('the capture is cut short');
    return parseFrame(frame);
  });
}
