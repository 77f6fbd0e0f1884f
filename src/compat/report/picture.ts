/** Bytes in one line of a picture, and the most lines of it. */
const WIDTH = 16;
const LINES = 12;

/** Bytes that are the same before the first one that is not, at least. */
const BEFORE = 2 * WIDTH;

/** One line: where it is, and its bytes. */
export interface Line {
  readonly offset: number;
  readonly bytes: readonly PicturedByte[];
}

export interface PicturedByte {
  readonly hex: string;
  /** As a character; a dot for what is none. */
  readonly character: string;
  /** It is among those in which the two texts differ. */
  readonly differs: boolean;
}

/**
 * A text byte by byte, around where it differs from another one: what both begin and end with is the same.
 *
 * @returns at most 12 lines of 16 bytes
 */
export function picture(text: string, other: string): Line[] {
  const [bytes, others] = [Buffer.from(text), Buffer.from(other)];
  const from = sameStart(bytes, others);
  const to = bytes.length - sameEnd(bytes, others, from);
  const start = Math.floor(Math.max(0, from - BEFORE) / WIDTH) * WIDTH;
  const lines: Line[] = [];
  for (let offset = start; offset < bytes.length && lines.length < LINES; offset += WIDTH) {
    const row = [...bytes.subarray(offset, offset + WIDTH)];
    lines.push({
      offset,
      bytes: row.map((byte, at) => ({
        hex: byte.toString(16).padStart(2, '0'),
        character: byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? ' ' : '·',
        differs: offset + at >= from && offset + at < to,
      })),
    });
  }
  return lines;
}

function sameStart(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

function sameEnd(one: Buffer, other: Buffer, from: number): number {
  const most = Math.min(one.length, other.length) - from;
  let count = 0;
  while (count < most && one[one.length - 1 - count] === other[other.length - 1 - count]) count++;
  return count;
}
