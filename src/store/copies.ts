/**
 * At most this many texts are read at once, and at most this many times: beyond that texts that look alike are not
 * searched.
 */
export const [COPIES_AT_ONCE, MOST_READS] = [64, 32];

/** Copies of one message that are stored for users who have not got it. */
export interface CopyStore {
  /**
   * Deletes the stored copies of one message for these users.
   *
   * @param part ASCII that is in it, as it is stored: what does not have it is not read
   * @param isIt says of a text whether it is that message, or a part of it
   * @returns false when more than 2,048 other texts have the same part in them: some copies may be left then
   */
  removeCopies(userids: readonly number[], part: string, isIt: (text: string) => boolean): Promise<boolean>;
}

/**
 * Reads texts until there are no more, and keeps those that are meant.
 *
 * @param read reads at most COPIES_AT_ONCE of them, without the first `skip`
 * @returns undefined when there are too many
 */
export async function lookThrough<T>(
  read: (skip: number) => Promise<readonly T[]>,
  isIt: (one: T) => boolean,
): Promise<T[] | undefined> {
  const found: T[] = [];
  for (let reads = 0; reads < MOST_READS; reads++) {
    const some = await read(reads * COPIES_AT_ONCE);
    found.push(...some.filter(isIt));
    if (some.length < COPIES_AT_ONCE) return found;
  }
  return undefined;
}
