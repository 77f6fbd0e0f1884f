/** The bit of a frame's first byte that says that a message ends with it, and the part that says what it is. */
const [LAST, KIND] = [0x80, 0x0f];
/** Frames of this kind and above stand between those of a message: pings, pongs, the end. */
const CONTROL = 8;
/** The bit of the second byte that says that a mask follows, and how long that is. */
const [MASKED, MASK] = [0x80, 4];
/** Values of the second byte that are no length, each with the number of bytes in which the length follows. */
const LONG: Readonly<Record<number, number>> = { 126: 2, 127: 8 };

/**
 * Watches the bytes of a WebSocket's client: how many are kept because something has begun and not ended. A frame keeps
 * all of the read that it came in.
 */
export class Begun {
  /** The bytes of a frame's head that have come; of a whole one until its frame has ended. */
  private readonly head: number[] = [];
  private isHeadWhole = false;
  /** How many bytes of the frame are still to come. */
  private left = 0;
  /** Whether a message has begun and not ended. */
  private isOpen = false;
  private kept = 0;

  /** Takes what was read. Returns how many bytes are kept now. */
  push(chunk: Buffer): number {
    this.kept += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const whole = this.isHeadWhole || this.head.length > 0 ? undefined : shortFrame(chunk, at);
      if (whole !== undefined) {
        this.end(chunk[at] ?? 0, chunk.length);
        at += whole;
        continue;
      }
      if (this.isHeadWhole) at += this.skip(chunk.length - at);
      else this.begin(chunk.readUInt8(at++));
      if (!this.isHeadWhole || this.left > 0) continue;
      this.end(this.head[0] ?? 0, chunk.length);
      this.head.length = 0;
      this.isHeadWhole = false;
    }
    if (this.head.length === 0 && !this.isOpen) this.kept = 0;
    return this.kept;
  }

  private skip(bytes: number): number {
    const skipped = Math.min(bytes, this.left);
    this.left -= skipped;
    return skipped;
  }

  private begin(byte: number): void {
    const { head } = this;
    head.push(byte);
    const [, second] = head;
    if (second === undefined) return;
    const short = second & ~MASKED;
    const long = LONG[short] ?? 0;
    if (head.length < 2 + long + (second & MASKED ? MASK : 0)) return;
    this.isHeadWhole = true;
    this.left = long === 0 ? short : head.slice(2, 2 + long).reduce((length, next) => length * 256 + next, 0);
  }

  /** A frame has ended: what came before this read belongs to its message, if to any. */
  private end(first: number, read: number): void {
    if ((first & KIND) < CONTROL) this.isOpen = (first & LAST) === 0;
    if (!this.isOpen) this.kept = read;
  }
}

/** Whether these bytes are whole messages, each in one frame, as nearly all reads are: nothing is kept of them. */
export function areWhole(chunk: Buffer): boolean {
  let at = 0;
  while (at < chunk.length && ((chunk[at] ?? 0) & LAST) !== 0) {
    const length = shortFrame(chunk, at) ?? middleFrame(chunk, at);
    if (length === undefined) return false;
    at += length;
  }
  return at === chunk.length;
}

/**
 * How many bytes a frame has that is short, and whole in this read; undefined when it is not. A read has thousands of them,
 * and byte by byte they took 2 ms.
 */
function shortFrame(chunk: Buffer, at: number): number | undefined {
  const second = chunk[at + 1];
  if (second === undefined) return undefined;
  const short = second & ~MASKED;
  const length = 2 + (second & MASKED ? MASK : 0) + short;
  return LONG[short] === undefined && at + length <= chunk.length ? length : undefined;
}

/** The same for a frame whose length is in the two bytes behind its second one. */
function middleFrame(chunk: Buffer, at: number): number | undefined {
  const second = chunk[at + 1] ?? 0;
  if (LONG[second & ~MASKED] !== 2 || at + 4 > chunk.length) return undefined;
  const length = 4 + (second & MASKED ? MASK : 0) + chunk.readUInt16BE(at + 2);
  return at + length <= chunk.length ? length : undefined;
}
