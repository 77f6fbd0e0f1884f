/** The most items that one statement gets. */
const COUNT = 1000;

/** The bytes of an item besides its text: placeholders, commas, ints, lengths. */
const EACH = 64;

/**
 * Cuts a list, in order, into parts that one statement of `most` bytes can take. `sizeOf` gives the bytes of
 * the text of one item.
 */
export function chunks<T>(items: readonly T[], most: number, sizeOf: (item: T) => number = () => 0): T[][] {
  const parts: T[][] = [];
  let part: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = EACH + sizeOf(item);
    if (part.length === COUNT || (part.length > 0 && bytes + size > most)) {
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
