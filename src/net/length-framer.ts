import { DONE } from '../json/scan.js';
import { Cutter, type FrameFault } from './cutter.js';

/** Bytes of the length that stands before each document. */
const PREFIX = 4;
const BRACE = 0x7b;
/** What may stand around the object in a frame: NUL, tab, LF, CR, space. */
const BLANK = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20]);

/**
 * Cuts the byte stream of a client into JSON objects where each stands behind its length, four bytes, the
 * highest first. A frame that holds anything else is dropped; an empty one is nothing.
 */
export class LengthFramer extends Cutter {
  private pieces: Buffer[] = [];
  private size = 0;
  private closed = false;

  get held(): number {
    return this.size;
  }

  push(chunk: Buffer): void {
    if (this.closed) return;
    this.pieces.push(chunk);
    this.size += chunk.length;
  }

  next(): Buffer | undefined {
    while (this.size >= PREFIX) {
      const length = this.first(PREFIX).readUInt32BE();
      if (length > this.maxMessage) return this.overflow();
      if (this.size < PREFIX + length) break;
      const object = this.object(this.take(PREFIX + length).subarray(PREFIX));
      if (object !== undefined) return object;
    }
    this.release();
    return undefined;
  }

  finish(): void {
    if (this.size > 0) this.onFault('cut off');
    this.close();
  }

  /** The object in a frame. */
  private object(frame: Buffer): Buffer | undefined {
    let start = 0;
    while (start < frame.length && BLANK.has(frame[start] as number)) start++;
    if (start === frame.length) return undefined;
    if (frame[start] !== BRACE) return this.bad('not an object');
    const scan = this.beginScan(start);
    const isWhole = scan.scan(frame, frame.length) === DONE;
    const end = scan.at;
    const isAll = isWhole && frame.subarray(end).every((byte) => BLANK.has(byte));
    return isAll ? frame.subarray(start, end) : this.bad('syntax');
  }

  private bad(fault: FrameFault): undefined {
    this.onFault(fault);
  }

  /** The first bytes, in one piece, still held. There must be so many. */
  private first(count: number): Buffer {
    const [piece] = this.pieces;
    if (piece !== undefined && piece.length >= count) return piece;
    const joined = Buffer.concat(this.pieces);
    this.pieces = [joined];
    return joined;
  }

  private take(count: number): Buffer {
    const piece = this.first(count);
    this.size -= count;
    if (piece.length === count) this.pieces.shift();
    else this.pieces[0] = piece.subarray(count);
    return piece.subarray(0, count);
  }

  protected close(): void {
    this.closed = true;
    this.pieces = [];
    this.size = 0;
    this.release();
  }
}
