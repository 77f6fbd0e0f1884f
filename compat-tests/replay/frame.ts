// The package's types belong to this file of it only.
import { Parser } from 'binary-parser/dist/binary_parser.js';

/** A TCP segment of a capture. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly syn: boolean;
  readonly payload: Buffer;
}

interface Fields {
  etherType: number;
  version: number;
  ipWords: number;
  ipLength: number;
  fragment: number;
  protocol: number;
  from: number;
  to: number;
  sequence: number;
  tcpWords: number;
  flags: number;
}

const SYN = 0x02;
const ETHERNET = 14;

const headers = new Parser()
  .endianness('big')
  .seek(12)
  .uint16('etherType')
  .bit4('version')
  .bit4('ipWords')
  .seek(1)
  .uint16('ipLength')
  .seek(2)
  .uint16('fragment')
  .seek(1)
  .uint8('protocol')
  .seek(10)
  .seek(function (this: Fields) {
    return this.ipWords * 4 - 20;
  })
  .uint16('from')
  .uint16('to')
  .uint32('sequence')
  .seek(4)
  .bit4('tcpWords')
  .bit4('reserved')
  .uint8('flags');

/** Reads an Ethernet frame that holds a whole TCP segment over IPv4. Throws for any other, and for one cut short. */
export function parseFrame(frame: Buffer): Segment {
  const fields = headers.parse(frame) as Fields;
  const unfragmented = (fields.fragment & 0x3fff) === 0;
  if (fields.etherType !== 0x0800 || fields.version !== 4 || fields.protocol !== 6 || !unfragmented) {
    throw new Error('not a TCP segment over IPv4');
  }
  const start = ETHERNET + (fields.ipWords + fields.tcpWords) * 4;
  const end = ETHERNET + fields.ipLength;
  if (fields.ipWords < 5 || fields.tcpWords < 5 || start > end || end > frame.length) {
    throw new Error('a TCP segment with wrong lengths');
  }
  const { from, to, sequence, flags } = fields;
  return { from, to, sequence, syn: (flags & SYN) !== 0, payload: frame.subarray(start, end) };
}
