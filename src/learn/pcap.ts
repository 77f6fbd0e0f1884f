import { type Segment, segmentIn } from './segment.js';

/** The length of a frame's header before the IP packet, in bytes, by the kind of the link. */
const LINKS: Readonly<Record<number, number>> = { 0: 4, 1: 14, 12: 0, 101: 0, 113: 16, 276: 20 };

/** The four bytes that a capture begins with: microseconds and nanoseconds, in both orders. */
const LITTLE = [0xa1b2c3d4, 0xa1b23c4d];
const BIG = [0xd4c3b2a1, 0x4d3cb2a1];
const PCAPNG = 0x0a0d0d0a;
const HEADER = 24;
const LINK_TYPE = 20;
const RECORD = 16;
/** Where a record says how many bytes of the frame it has, and how many the frame had. */
const LENGTH = 8;
const SENT = 12;

/** What a capture holds. */
export interface Capture {
  /** In the order in which they were captured; where the file was cut off, those before the cut. */
  readonly segments: readonly Segment[];
  /** The file ends in the middle of a frame, or has only the beginnings of some. */
  readonly isCut: boolean;
}

/** The TCP segments of a capture. Throws for a file that is no pcap. */
export function readPcap(file: Buffer): Capture {
  const magic = file.length < HEADER ? 0 : file.readUInt32LE();
  if (magic === PCAPNG) throw new Error('is a pcapng; tcpdump -r FILE -w OTHER makes a pcap of it');
  if (![...LITTLE, ...BIG].includes(magic)) throw new Error('is no pcap');
  const isLittle = LITTLE.includes(magic);
  const read = (at: number) => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const linkType = read(LINK_TYPE);
  const start = LINKS[linkType & 0xffff];
  if (start === undefined) throw new Error(`is of a link of kind ${linkType}, which is not known here`);
  const segments: Segment[] = [];
  let [at, isCut] = [HEADER, false];
  while (at + RECORD <= file.length) {
    const end = at + RECORD + read(at + LENGTH);
    if (end > file.length) break;
    const segment = segmentIn(file.subarray(at + RECORD + start, end));
    if (segment !== undefined) segments.push(segment);
    isCut ||= segment !== undefined && read(at + SENT) > read(at + LENGTH);
    at = end;
  }
  return { segments, isCut: isCut || at < file.length };
}
