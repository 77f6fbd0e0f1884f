import type { Scanner } from '../json/scan.js';
import type { ScannerPool } from '../json/scanner-pool.js';

/** Why a document was dropped, or, with 'too long', the stream given up. */
export type FrameFault = 'syntax' | 'not an object' | 'too long' | 'cut off';

/** What cuts the byte stream of a client into JSON objects. Without sockets: `push` bytes, then call `next`. */
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

  /** How many bytes are held that `next` has neither returned nor dropped yet. */
  abstract get held(): number;

  /** What it holds of memory, in bytes. */
  abstract get cost(): number;

  /** Adds bytes of the stream. The chunk belongs to it and to the objects cut from it. */
  abstract push(chunk: Buffer): void;

  /**
   * The bytes of the next whole object, from `{` to `}`; undefined when more of the stream is needed; null when a
   * document was dropped, and there may be more: a stranger can put very many of these into one read. The bytes are
   * never written to again. `scan` tells what was found in them, and is called before the next `step`.
   */
  abstract step(): Buffer | null | undefined;

  /** The next whole object, whatever has to be dropped before it. */
  next(): Buffer | undefined {
    for (;;) {
      const object = this.step();
      if (object !== null) return object;
    }
  }

  /** Ends the stream: an unfinished document is dropped, and everything that may be pushed later. */
  abstract finish(): void;

  /** What the scan found in the object that `next` returned last. */
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
