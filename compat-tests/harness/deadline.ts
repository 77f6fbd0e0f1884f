import { setTimeout as wait } from 'node:timers/promises';

/** How long anything in these tests may take before it counts as failed, in milliseconds. */
export const DEADLINE = 60_000;

/** `work`, or a rejection once the deadline has passed. `what` says what was waited for and what was seen. */
export async function beforeDeadline<T>(work: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(what())), DEADLINE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks every few milliseconds until `done`, for what nothing tells of. Rejects once the deadline has passed. */
export async function until(done: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!(await done())) {
    if (Date.now() > end) throw tooLate(what);
    await wait(2);
  }
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
    if (Date.now() > end) throw tooLate(what);
    await wait(2);
  }
}

function tooLate(what: string): Error {
  return new Error(`waited ${DEADLINE / 1000} s for ${what}`);
}
