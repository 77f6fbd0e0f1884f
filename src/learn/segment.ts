// The package's types belong to this file of it only.
import { Parser } from 'binary-parser/dist/binary_parser.js';

/** A TCP segment: addresses with ports, and its bytes. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  /** It opens the connection, and `from` is who does. */
  readonly opens: boolean;
  /** Or answers such a one. */
  readonly starts: boolean;
  /** Nothing comes from `from` behind it. */
  readonly ends: boolean;
  /** The same, and `from` takes nothing any more. */
  readonly resets: boolean;
  readonly payload: Buffer;
}

const TCP = 6;
const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;
const V6_HEADER = 40;
const WORD = 4;

interface V4 {
  readonly words: number;
  readonly length: number;
  readonly fragment: number;
  readonly protocol: number;
  readonly from: string;
  readonly to: string;
}

const address = { length: 4, formatter: (bytes: Buffer) => [...bytes].join('.') } as const;
const v4 = new Parser()
  .bit4('version')
  .bit4('words')
  .seek(1)
  .uint16be('length')
  .seek(2)
  .uint16be('fragment')
  .seek(1)
  .uint8('protocol')
  .seek(2)
  .buffer('from', address)
  .buffer('to', address);

const wide = { length: 16, formatter: (bytes: Buffer) => bytes.toString('hex') } as const;
const v6 = new Parser()
  .seek(4)
  .uint16be('length')
  .uint8('protocol')
  .seek(1)
  .buffer('from', wide)
  .buffer('to', wide);

interface Tcp {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly words: number;
  readonly flags: number;
}

const tcp = new Parser()
  .uint16be('from')
  .uint16be('to')
  .uint32be('sequence')
  .seek(4)
  .bit4('words')
  .bit4('reserved')
  .uint8('flags');

/** The segment in an IP packet; undefined when it holds none, or not a whole one. */
export function segmentIn(packet: Buffer): Segment | undefined {
  try {
    const ip = (packet[0] ?? 0) >> 4 === 6 ? readV6(packet) : readV4(packet);
    return ip && readTcp(ip.body, ip.from, ip.to);
  } catch {
    // Cut short.
    return undefined;
  }
}

interface Packet {
  readonly from: string;
  readonly to: string;
  readonly body: Buffer;
}

function readV4(packet: Buffer): Packet | undefined {
  const { words, length, fragment, protocol, from, to } = v4.parse(packet) as V4;
  if (protocol !== TCP || (fragment & 0x3fff) !== 0) return undefined;
  return { from, to, body: packet.subarray(words * WORD, length) };
}

function readV6(packet: Buffer): Packet | undefined {
  const { length, protocol, from, to } = v6.parse(packet) as Omit<V4, 'words' | 'fragment'>;
  if (protocol !== TCP) return undefined;
  return { from, to, body: packet.subarray(V6_HEADER, V6_HEADER + length) };
}

function readTcp(body: Buffer, from: string, to: string): Segment {
  const { words, flags, sequence, ...ports } = tcp.parse(body) as Tcp;
  return {
    from: `${from} ${ports.from}`,
    to: `${to} ${ports.to}`,
    sequence,
    opens: (flags & (SYN | ACK)) === SYN,
    starts: (flags & SYN) !== 0,
    ends: (flags & FIN) !== 0,
    resets: (flags & RST) !== 0,
    payload: body.subarray(words * WORD),
  };
}
