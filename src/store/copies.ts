import { setImmediate as turn } from 'node:timers/promises';
import { limit } from './limit.js';

/** At most this many texts that look alike are searched: beyond that some copies may be left. */
const MOST_FOUND = 2048;
/** At most this many texts are read at once. */
export const COPIES_AT_ONCE = 64;
/** Where one thread has the database: it looks at this many stored texts at once, or this many bytes of them. */
export const [LOOKED_AT, COPIES_BYTES] = [1000, 1_048_576];
/** After this many ms of searching texts the event loop does everything else first. */
const SLICE = 5;

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

/** A part of what was looked at: what was found there, and where to go on; undefined where that was all. */
export interface Looked<T, Place> {
  readonly found: readonly T[];
  readonly next: Place | undefined;
}

/** Each looks through as much as others have stored: one after the other. */
const inTurn = limit(1);

/**
 * Reads texts until there are no more, and keeps those that are meant. Neither the event loop nor who reads is held up,
 * however much there is.
 *
 * @param read reads some, from a place on that it has given, or from the first one
 * @returns undefined when there are too many
 */
export function lookThrough<T, Place>(
  read: (from: Place | undefined) => Promise<Looked<T, Place>>,
  isIt: (one: T) => boolean,
): Promise<T[] | undefined> {
  return inTurn(async () => {
    const meant: T[] = [];
    let count = 0;
    let next: Place | undefined;
    do {
      const looked: Looked<T, Place> = await read(next);
      count += looked.found.length;
      await filterInto(meant, looked.found, isIt);
      next = looked.next;
      if (next !== undefined && count >= MOST_FOUND) return undefined;
    } while (next !== undefined);
    return meant;
  });
}

async function filterInto<T>(into: T[], all: readonly T[], isIt: (one: T) => boolean): Promise<void> {
  let end = performance.now() + SLICE;
  for (const one of all) {
    if (isIt(one)) into.push(one);
    if (performance.now() < end) continue;
    await turn();
    end = performance.now() + SLICE;
  }
}
