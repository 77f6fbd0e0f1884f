import { JsonError } from './value.js';

/** The answer of `peek` where the input ends: at its last byte, or at a NUL (PROTOCOL.md section 3). */
export const END = 0;

const BOM = [0xef, 0xbb, 0xbf];

/** A place in the bytes of one document. Its methods throw JsonError where the document is wrong. */
export class Reader {
  readonly bytes: Buffer;
  readonly end: number;
  /** Index of the next byte. */
  at: number;
  private readonly start: number;
  private readonly latin1: string;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.start = start;
    this.end = end;
    this.at = start;
    // Decoded once: cutting it is several times faster than decoding each piece.
    this.latin1 = this.bytes.toString('latin1', start, end);
  }

  /** The text of bytes that are all ASCII. */
  ascii(from: number, to: number): string {
    return this.latin1.slice(from - this.start, to - this.start);
  }

  /** The byte at `index`, or `END` where there is none. */
  byte(index: number): number {
    return index < this.end ? (this.bytes[index] ?? END) : END;
  }

  /** Skips white space and shows the byte after it. */
  peek(): number {
    let byte = this.byte(this.at);
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.byte(++this.at);
    return byte;
  }

  /** Skips white space, then `byte` if it is next; tells whether it was. */
  take(byte: number): boolean {
    const found = this.peek() === byte;
    if (found) this.at++;
    return found;
  }

  /** Skips white space, then `byte`, which must be next. */
  expect(byte: number): void {
    if (!this.take(byte)) this.fail(this.at);
  }

  /** Skips a byte order mark, which only the start of the input may have. */
  skipBom(): void {
    if (this.byte(this.at) === BOM[0]) this.skip(BOM);
  }

  /** Skips exactly these bytes. */
  skip(expected: ArrayLike<number>): void {
    for (let i = 0; i < expected.length; i++) {
      if (this.byte(this.at) !== expected[i]) this.fail(this.at);
      this.at++;
    }
  }

  /** Throws: the byte at `index` is wrong. */
  fail(index: number, code: 101 | 406 = 101): never {
    throw new JsonError(code, index - this.start);
  }
}
