/** The most values that one statement gets. */
const COUNT = 1000;

/** The most bytes of values that one statement gets: well under the smallest usual packet, 1 MiB. */
const BYTES = 512 * 1024;

/** Cuts a list, in order, into parts that one statement can take. `sizeOf` gives the bytes of one item. */
export function chunks<T>(items: readonly T[], sizeOf: (item: T) => number = () => 0): T[][] {
  const parts: T[][] = [];
  let part: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (part.length === COUNT || (part.length > 0 && bytes + size > BYTES)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
