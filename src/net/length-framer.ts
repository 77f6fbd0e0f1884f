import { DONE } from '../json/scan.js';
import { Cutter, type FrameFault } from './cutter.js';

/** Bytes of the length that stands before each document. */
const PREFIX = 4;
const BRACE = 0x7b;
const NOTHING = Buffer.alloc(0);
/** What may stand around the object in a frame: NUL, tab, LF, CR, space. */
const BLANK = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20]);

/**
 * Cuts the byte stream of a client into JSON objects where each stands behind its length, four bytes, the
 * highest first. A frame that holds anything else is dropped; an empty one is nothing.
 */
export class LengthFramer extends Cutter {
  /** What has come and is not handled: `bytes` from `at` to `end`. */
  private bytes: Buffer = NOTHING;
  private at = 0;
  private end = 0;
  /** Whether `bytes` was made here and may be written to behind `end`. */
  private owned = false;
  private closed = false;

  get held(): number {
    return this.end - this.at;
  }

  get cost(): number {
    return this.owned ? this.bytes.length : this.held;
  }

  push(chunk: Buffer): void {
    if (this.closed) return;
    const { held } = this;
    if (held === 0) {
      this.hold(chunk, chunk.length, false);
      return;
    }
    if (!this.owned || this.end + chunk.length > this.bytes.length) {
      // Room grows in doublings, so that a drip of bytes costs little.
      const grown = Buffer.allocUnsafeSlow(2 * (held + chunk.length));
      this.bytes.copy(grown, 0, this.at, this.end);
      this.hold(grown, held, true);
    }
    chunk.copy(this.bytes, this.end);
    this.end += chunk.length;
  }

  step(): Buffer | null | undefined {
    while (this.held >= PREFIX) {
      const length = this.bytes.readUInt32BE(this.at);
      if (length > this.maxMessage) return this.overflow();
      if (this.held < PREFIX + length) break;
      const from = this.at + PREFIX;
      this.at = from + length;
      const object = this.object(this.bytes.subarray(from, this.at));
      if (object !== undefined) return object;
    }
    if (this.held === 0) this.hold(NOTHING, 0, false);
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

  private hold(bytes: Buffer, end: number, owned: boolean): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = end;
    this.owned = owned;
  }

  protected close(): void {
    this.closed = true;
    this.hold(NOTHING, 0, false);
    this.release();
  }
}
