/** Bytes of a node's name; twice as many hexadecimal digits. */
export const NAME = 8;

/** Writes one word, of a length that is known before. */
export class WordWriter {
  readonly bytes: Buffer;
  private at = 0;

  /** @param length in bytes */
  constructor(length: number) {
    this.bytes = Buffer.allocUnsafe(length);
  }

  byte(value: number): void {
    this.at = this.bytes.writeUInt8(value, this.at);
  }

  int(value: number): void {
    this.at = this.bytes.writeInt32LE(value, this.at);
  }

  number(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  ints(values: readonly number[]): void {
    this.int(values.length);
    for (const value of values) this.int(value);
  }

  name(node: string): void {
    this.at += this.bytes.write(node, this.at, 'hex');
  }

  raw(bytes: Buffer): void {
    this.int(bytes.length);
    this.at += bytes.copy(this.bytes, this.at);
  }

  text(text: string): void {
    this.raw(Buffer.from(text));
  }
}

/** Reads one word; throws RangeError when it is cut short, or none of ours. */
export class WordReader {
  private readonly bytes: Buffer;
  private at: number;

  /** @param at where to begin */
  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    this.at += 1;
    return this.bytes.readUInt8(this.at - 1);
  }

  int(): number {
    this.at += 4;
    return this.bytes.readInt32LE(this.at - 4);
  }

  number(): number {
    this.at += 8;
    const value = this.bytes.readDoubleLE(this.at - 8);
    if (!Number.isSafeInteger(value)) throw new RangeError('no number of ours');
    return value;
  }

  list<T>(read: () => T): T[] {
    const list: T[] = [];
    for (let count = this.int(); count > 0; count--) list.push(read());
    return list;
  }

  ints(): number[] {
    const ints: number[] = [];
    for (let count = this.int(); count > 0; count--) ints.push(this.int());
    return ints;
  }

  name(): string {
    this.at += NAME;
    if (this.at > this.bytes.length) throw new RangeError('cut short');
    return this.bytes.toString('hex', this.at - NAME, this.at);
  }

  raw(): Buffer {
    const length = this.int();
    if (length < 0 || this.at + length > this.bytes.length) throw new RangeError('cut short');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return this.raw().toString();
  }
}
