import { BAD, MORE, type Scanner } from '../json/scan.js';
import type { ScannerPool } from '../json/scanner-pool.js';
import type { FieldNames } from '../protocol/fields.js';
import { Message } from '../protocol/message.js';

/** Why a document was dropped, or, with 'too long', the stream given up. */
export type FrameFault = 'syntax' | 'not an object' | 'too long' | 'cut off';

/** Cuts the byte stream of a client into JSON objects. It has no sockets: `push` bytes, then call `cut`. */
export abstract class Cutter {
  protected readonly maxMessage: number;
  protected readonly onFault: (fault: FrameFault) => void;
  private readonly scanners: ScannerPool;
  private scanner: Scanner | undefined;

  /**
   * @param maxMessage the most bytes a document may have
   * @param onFault called once for every document dropped; after 'too long' nothing more is read
   */
  constructor(scanners: ScannerPool, maxMessage: number, onFault: (fault: FrameFault) => void) {
    this.scanners = scanners;
    this.maxMessage = maxMessage;
    this.onFault = onFault;
  }

  /** How many bytes are held that were neither returned nor dropped yet. */
  abstract get held(): number;

  /** The memory that it holds, in bytes. */
  abstract get cost(): number;

  /** Adds bytes of the stream. The chunk belongs to it and to the objects cut from it. */
  abstract push(chunk: Buffer): void;

  /**
   * The bytes of the next whole object, from `{` to `}`; undefined when more of the stream is needed; null when a
   * document was dropped, and there may be more: a stranger can put very many of these into one read. The bytes are
   * never written to again. `scan` has the findings of their scan, and is called before the next `step`.
   */
  abstract step(): Buffer | null | undefined;

  /**
   * The next document as a message; undefined and null as `step` returns them. When nothing is left, no scanner is held.
   *
   * @param fields the names of the fields that the scanners look for
   */
  cut(fields: FieldNames): Message | null | undefined {
    const bytes = this.step();
    const { scanner } = this;
    // The scanner is given back before it is read: nobody else scans before this returns.
    if (this.held === 0) this.release();
    return bytes && scanner && new Message(bytes, scanner, fields);
  }

  /** The next whole object, whatever has to be dropped before it. */
  next(): Buffer | undefined {
    for (;;) {
      const object = this.step();
      if (object !== null) return object;
    }
  }

  /** Ends the stream: an unfinished document is dropped, and everything that may be pushed later. */
  abstract finish(): void;

  /** The scan of the object that `step` returned last. */
  get scan(): Scanner {
    if (this.scanner === undefined) throw new Error('no object has been read');
    return this.scanner;
  }

  /** Drops all that is held, and takes nothing more. */
  protected abstract close(): void;

  /** Begins to read an object. */
  protected beginScan(at: number): Scanner {
    this.scanner ??= this.scanners.take();
    this.scanner.begin(at);
    return this.scanner;
  }

  /** Between objects no scanner is held. */
  protected release(): void {
    if (this.scanner !== undefined) this.scanners.give(this.scanner);
    this.scanner = undefined;
  }

  protected overflow(): undefined {
    this.onFault('too long');
    this.close();
  }
}

const NUL = 0x00;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);
const BRACE = 0x7b;
const BOM = [0xef, 0xbb, 0xbf];
/** The bytes besides NUL that may stand between documents: tab, LF, CR, space. */
const BLANKS = new Set([0x09, LF, 0x0d, 0x20]);
/** Behind three NULs a blank is no blank but the last byte of a length: lengths are a dialect's rule. */
const PREFIX_NULS = 3;

type Phase = 'between' | 'inside' | 'skipping' | 'closed';

/**
 * Cuts the byte stream of a client into JSON objects, however reads cut or join them (PROTOCOL.md section 2,
 * DIFFERENCES 1 and 2). An object ends at its closing brace. A bad one ends at the next NUL or LF; when it
 * already had an LF in it, what follows that LF is tried first: it may be the next line of a line-wise client.
 */
export class Framer extends Cutter {
  private buffer: Buffer = NOTHING;
  /** Whether the buffer was made here and may be written to behind `end`. */
  private owned = false;
  /** The next byte to look at, the end of the bytes, and the start of the object that has begun. */
  private at = 0;
  private end = 0;
  private start = 0;
  private phase: Phase = 'between';
  /** Since the last bad document no NUL has come: more garbage is still the same bad document. */
  private recovering = false;
  private skipped = 0;
  /** NULs one after another, up to `at`. */
  private nuls = 0;

  get held(): number {
    return this.end - (this.phase === 'inside' ? this.start : this.at);
  }

  get cost(): number {
    return this.owned ? this.buffer.length : this.held;
  }

  push(chunk: Buffer): void {
    if (this.phase === 'closed') return;
    const held = this.held;
    if (held > 0) this.join(chunk, held);
    else this.hold(chunk, chunk.length, false);
  }

  step(): Buffer | null | undefined {
    while (this.at < this.end) {
      if (this.phase === 'skipping') {
        if (this.skip()) return null;
      } else if (this.phase === 'inside' || this.enter()) {
        const object = this.readObject();
        if (object !== undefined) return object;
      } else if (this.phase === 'between') break;
    }
    if (this.phase !== 'inside') this.release();
    return undefined;
  }

  finish(): void {
    if (this.phase === 'inside') this.onFault('cut off');
    this.close();
  }

  /** Goes over what separates documents. True when an object begins at `at`. */
  private enter(): boolean {
    while (this.at < this.end) {
      const byte = this.buffer[this.at] as number;
      if (byte === BRACE) return this.begin();
      if (byte === NUL) this.enterNul();
      else if (BLANKS.has(byte)) {
        this.at++;
        if (this.nuls >= PREFIX_NULS) return this.garbage();
        this.nuls = 0;
      } else if (byte !== BOM[0]) return this.garbage();
      else if (!this.skipByteOrderMark()) return false;
    }
    return false;
  }

  private enterNul(): void {
    this.recovering = false;
    this.nuls++;
    this.at++;
  }

  private begin(): true {
    this.start = this.at;
    this.nuls = 0;
    this.phase = 'inside';
    this.beginScan(this.start);
    return true;
  }

  /** False when the mark's end has not come yet, or when it is none after all. */
  private skipByteOrderMark(): boolean {
    for (let k = 1; k < BOM.length; k++) {
      if (this.at + k === this.end) return false;
      if (this.buffer[this.at + k] !== BOM[k]) return this.garbage();
    }
    this.at += BOM.length;
    return true;
  }

  private garbage(): false {
    if (!this.recovering) this.onFault('not an object');
    this.phase = 'skipping';
    this.nuls = 0;
    return false;
  }

  private readObject(): Buffer | null | undefined {
    const { scan } = this;
    const outcome = scan.scan(this.buffer, this.end);
    this.at = outcome === MORE ? this.end : scan.at;
    if (this.at - this.start > this.maxMessage) return this.overflow();
    if (outcome === BAD) return this.resync(this.at);
    if (outcome === MORE) return undefined;
    this.phase = 'between';
    this.recovering = false;
    const object = this.buffer.subarray(this.start, this.at);
    // The NUL behind it is no input that waits for its turn.
    if (this.at < this.end && this.buffer[this.at] === NUL) this.enterNul();
    // Between two documents a client costs nothing.
    if (this.at === this.end) this.hold(NOTHING, 0, false);
    return object;
  }

  /** Drops the object that went wrong at `bad`, and goes on behind its last LF, else behind what will end it. */
  private resync(bad: number): null {
    this.onFault('syntax');
    // Not by lastIndexOf: that would look at all that was read before this object, too.
    let lf = bad - 1;
    while (lf > this.start && this.buffer[lf] !== LF) lf--;
    this.recovering = true;
    this.at = lf > this.start ? lf + 1 : bad;
    this.phase = lf > this.start ? 'between' : 'skipping';
    return null;
  }

  /** Goes to the end of the dropped object. False when that has not come yet. */
  private skip(): boolean {
    const { buffer, end } = this;
    let i = this.at;
    while (i < end && buffer[i] !== NUL && buffer[i] !== LF) i++;
    this.skipped += i - this.at;
    this.at = i;
    if (this.skipped > this.maxMessage) {
      this.overflow();
      return false;
    }
    if (i === end) return false;
    this.skipped = 0;
    this.recovering = true;
    this.phase = 'between';
    return true;
  }

  protected close(): void {
    this.hold(NOTHING, 0, false);
    this.phase = 'closed';
    this.release();
  }

  private hold(buffer: Buffer, end: number, owned: boolean): void {
    this.buffer = buffer;
    this.owned = owned;
    this.at = 0;
    this.end = end;
  }

  /** Puts the chunk behind the bytes held. Room grows in doublings, so that a drip of bytes costs little. */
  private join(chunk: Buffer, held: number): void {
    if (!this.owned || this.end + chunk.length > this.buffer.length) this.move(held, chunk.length);
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  /** Moves the bytes held to the start of a larger buffer. */
  private move(held: number, more: number): void {
    const from = this.end - held;
    const grown = Buffer.allocUnsafeSlow(2 * (held + more));
    this.buffer.copy(grown, 0, from, this.end);
    const at = this.at - from;
    this.hold(grown, held, true);
    this.at = at;
    this.start = 0;
    if (this.phase === 'inside') this.scan.moveTo(0);
  }
}
