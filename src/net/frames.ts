import type { Framing } from '../protocol/dialect.js';

/** Makes the pieces that are written for a document. */
export type Frame = (document: Buffer) => readonly Buffer[];

const NUL = Buffer.from('\0');
const LF = Buffer.from('\n');

/** The bytes around a document on its way to a client; undefined for none. */
export const FRAMES: Readonly<Record<Framing, Frame | undefined>> = {
  none: undefined,
  nul: (document) => [document, NUL],
  lf: (document) => [document, LF],
  length: (document) => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(document.length);
    return [length, document];
  },
};

/** A document as it is written. */
export function framed(document: Buffer, frame: Frame | undefined): Buffer {
  return frame === undefined ? document : Buffer.concat(frame(document));
}
