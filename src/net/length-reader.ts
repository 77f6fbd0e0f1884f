/** Bytes of the length that stands before each piece. */
const PREFIX = 4;
const NOTHING = Buffer.alloc(0);

/** Cuts a stream of bytes into pieces, each of which stands behind its length in four bytes. */
export class LengthReader {
  private readonly order: 'lowest first' | 'highest first';
  /** The bytes that have come and were not taken: `bytes` from `at` to `end`. */
  private bytes: Buffer = NOTHING;
  private at = 0;
  private end = 0;
  /** Whether `bytes` was made here and may be written to behind `end`. */
  private owned = false;

  /** @param order how the bytes of a length stand */
  constructor(order: 'lowest first' | 'highest first') {
    this.order = order;
  }

  /** How many bytes have come and were not taken. */
  get held(): number {
    return this.end - this.at;
  }

  /** How many bytes of memory they take that nobody else has. */
  get cost(): number {
    return this.owned ? this.bytes.length : this.held;
  }

  /** The length of the next piece; undefined until that has come. */
  get length(): number | undefined {
    if (this.held < PREFIX) return undefined;
    return this.order === 'lowest first'
      ? this.bytes.readUInt32LE(this.at)
      : this.bytes.readUInt32BE(this.at);
  }

  push(chunk: Buffer): void {
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

  /** Takes the next piece; undefined until it has come as a whole. */
  take(): Buffer | undefined {
    const { length } = this;
    if (length === undefined || this.held < PREFIX + length) return undefined;
    const from = this.at + PREFIX;
    this.at = from + length;
    const piece = this.bytes.subarray(from, this.at);
    if (this.held === 0) this.clear();
    return piece;
  }

  /** Drops the bytes that it holds. */
  clear(): void {
    this.hold(NOTHING, 0, false);
  }

  private hold(bytes: Buffer, end: number, owned: boolean): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = end;
    this.owned = owned;
  }
}
