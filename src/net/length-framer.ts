import { DONE } from '../json/scan.js';
import { Cutter, type FrameFault } from './framer.js';
import { LengthReader } from './length-reader.js';

const BRACE = 0x7b;
/** The bytes that may stand around the object in a frame: NUL, tab, LF, CR, space. */
const BLANK = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20]);

/**
 * Cuts the byte stream of a client into JSON objects where each stands behind its length, four bytes, the
 * highest first. A frame that holds anything else is dropped; an empty one is nothing.
 */
export class LengthFramer extends Cutter {
  private readonly reader = new LengthReader('highest first');
  private closed = false;

  get held(): number {
    return this.reader.held;
  }

  get cost(): number {
    return this.reader.cost;
  }

  push(chunk: Buffer): void {
    if (!this.closed) this.reader.push(chunk);
  }

  step(): Buffer | null | undefined {
    for (;;) {
      if ((this.reader.length ?? 0) > this.maxMessage) return this.overflow();
      const frame = this.reader.take();
      if (frame === undefined) break;
      const object = this.object(frame);
      if (object !== undefined) return object;
    }
    this.release();
    return undefined;
  }

  finish(): void {
    if (this.held > 0) this.onFault('cut off');
    this.close();
  }

  /** The object in a frame; undefined for an empty one, null for one that is dropped. */
  private object(frame: Buffer): Buffer | null | undefined {
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

  private bad(fault: FrameFault): null {
    this.onFault(fault);
    return null;
  }

  protected close(): void {
    this.closed = true;
    this.reader.clear();
    this.release();
  }
}
