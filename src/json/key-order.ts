/** Deeper objects are not checked: they are rare, and simply built anew. */
const DEEPEST = 16;

/** The last key of every object that is open, to tell whether keys stand in the order of dump(). */
export class KeyOrder {
  /** Places within the document; -1 where an object has no key yet. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** An object begins at this depth. */
  open(depth: number): void {
    if (depth <= DEEPEST) this.starts[depth] = -1;
  }

  /**
   * Notes the key from `from` to `to`, places from `base` on. True when its bytes come after those of the last
   * key of its object; equal ones do not, as parse() joins them.
   */
  rises(bytes: Uint8Array, base: number, depth: number, from: number, to: number): boolean {
    if (depth > DEEPEST) return false;
    const start = this.starts[depth] as number;
    const end = this.ends[depth] as number;
    this.starts[depth] = from;
    this.ends[depth] = to;
    return start < 0 || comesBefore(bytes, base + start, base + end, base + from, base + to);
  }
}

function comesBefore(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  const length = Math.min(aEnd - a, bEnd - b);
  for (let k = 0; k < length; k++) {
    const difference = (bytes[a + k] as number) - (bytes[b + k] as number);
    if (difference !== 0) return difference < 0;
  }
  return aEnd - a < bEnd - b;
}
