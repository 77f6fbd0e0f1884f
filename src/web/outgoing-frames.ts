import { isUtf8 } from 'node:buffer';
import type { Frame } from '../net/frames.js';

/** The first byte of a frame that is a whole message: a text, or bytes. */
const [TEXT, BINARY] = [0x81, 0x82];
/** The longest message whose length is in the second byte, and what stands there for a length in the next 2 or 8 bytes. */
const [SHORT, IN_TWO, IN_EIGHT] = [125, 126, 127];
const MOST_IN_TWO = 0xffff;

/**
 * A document as the WebSocket message that a browser gets: one frame, without a mask. A text must be UTF-8. Rows that other
 * programs have stored may be anything: what is ill-formed is replaced.
 */
export const textFrame: Frame = (document) => {
  const text = isUtf8(document) ? document : Buffer.from(document.toString());
  return [headOf(TEXT, text.length), text];
};

/** Two counts of at most 32 bits as one binary message. */
export function countsFrame(first: number, second: number): Buffer {
  const frame = Buffer.allocUnsafe(10);
  frame[0] = BINARY;
  frame[1] = 8;
  frame.writeUInt32BE(first, 2);
  frame.writeUInt32BE(second, 6);
  return frame;
}

/** How many frames these bytes are. */
export function framesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count++) at += lengthAt(bytes, at);
  return count;
}

function headOf(kind: number, length: number): Buffer {
  if (length > MOST_IN_TWO) {
    const head = Buffer.allocUnsafe(10);
    head.writeUInt16BE(kind * 256 + IN_EIGHT);
    head.writeUIntBE(0, 2, 2);
    head.writeUIntBE(length, 4, 6);
    return head;
  }
  const isShort = length <= SHORT;
  const head = Buffer.allocUnsafe(isShort ? 2 : 4);
  head[0] = kind;
  head[1] = isShort ? length : IN_TWO;
  if (!isShort) head.writeUInt16BE(length, 2);
  return head;
}

/** The length of the frame that begins there. */
function lengthAt(bytes: Buffer, at: number): number {
  const length = bytes[at + 1] ?? 0;
  if (length === IN_TWO) return 4 + bytes.readUInt16BE(at + 2);
  return length === IN_EIGHT ? 10 + bytes.readUIntBE(at + 4, 6) : 2 + length;
}
