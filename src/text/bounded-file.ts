import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A file without a size, as a pipe, is read in pieces of this many bytes. */
const PIECE = 65_536;

/** The longest file of certificates or of a key, in bytes: all authorities that a system trusts take about 220 KB. */
const LONGEST_PEM = 1 << 20;

const UNITS = ['bytes', 'KiB', 'MiB'] as const;

/** A file is larger than its reader takes. The message is a line to go behind its path. */
export class FileTooLarge extends Error {
  constructor(most: number) {
    super(`is larger than ${sized(most)}`);
  }
}

/**
 * The content of a file that the user named. Without a bound the wrong file (an image of a disk, /dev/zero) would
 * fill the memory, or keep the reader busy for minutes.
 *
 * @param most the most bytes that it may have
 * @throws FileTooLarge, or as readFileSync does
 */
export function readBounded(path: string, most: number): Buffer {
  const file = openSync(path, 'r');
  try {
    return readAll(file, most);
  } finally {
    closeSync(file);
  }
}

/** A file of certificates or of a key, of at most 1 MiB. Throws as readBounded does. */
export function readPem(path: string): Buffer {
  return readBounded(path, LONGEST_PEM);
}

function readAll(file: number, most: number): Buffer {
  const { size } = fstatSync(file);
  if (size > most) throw new FileTooLarge(most);
  const pieces: Buffer[] = [];
  // One byte more tells a file that ends here from one that has grown, or has no size.
  for (let room = size + 1, all = 0; ; room = PIECE) {
    const piece = Buffer.allocUnsafe(room);
    const count = readSync(file, piece);
    if (count === 0) return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    all += count;
    if (all > most) throw new FileTooLarge(most);
    pieces.push(piece.subarray(0, count));
  }
}

function sized(bytes: number): string {
  let rest = bytes;
  let unit = 0;
  for (; rest % 1024 === 0 && unit + 1 < UNITS.length; unit++) rest /= 1024;
  return `${rest} ${UNITS[unit]}`;
}
