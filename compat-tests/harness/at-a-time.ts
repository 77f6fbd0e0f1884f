/**
 * Does a work for each item, at most `count` at a time, in their order. Rejects with the first error.
 *
 * @returns what came of each, in the order of the items
 */
export async function atATime<T, R>(
  count: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const next = async () => {
    // They share the iterator: each takes what nobody has taken.
    for (const [n, item] of left) results[n] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, next));
  return results;
}
