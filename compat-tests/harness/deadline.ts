import { setTimeout as wait } from 'node:timers/promises';
import { tooLate, untilWithin, within } from '../../src/compat/deadline.js';

/**
 * How long anything in these tests may take before it counts as failed, in milliseconds. What never comes would else end
 * its file after ten minutes, without a word of what it was. A server's start, which takes half a second, has taken more
 * than a minute on a busy machine.
 */
export const DEADLINE = 240_000;

/** `work`, or a rejection once the deadline has passed. `what` says what was waited for and what was seen. */
export function beforeDeadline<T>(work: Promise<T>, what: () => string): Promise<T> {
  return within(DEADLINE, work, what);
}

/** Looks every few milliseconds until `done`, for what nothing tells of. Rejects once the deadline has passed. */
export function until(done: () => Promise<boolean>, what: string): Promise<void> {
  return untilWithin(DEADLINE, done, what);
}

/**
 * The same, for what comes by and by and may take long on a busy machine: rejects once nothing has come for that long.
 *
 * @param come how much has come
 */
export async function untilSilent(
  done: () => Promise<boolean>,
  come: () => number,
  what: string,
): Promise<void> {
  let [last, end] = [come(), Date.now() + DEADLINE];
  while (!(await done())) {
    if (come() !== last) [last, end] = [come(), Date.now() + DEADLINE];
    if (Date.now() > end) throw tooLate(DEADLINE, what);
    await wait(2);
  }
}
