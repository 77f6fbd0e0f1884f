import { setTimeout as wait } from 'node:timers/promises';

/** Nothing came of something before its deadline; the message says what was waited for, and what was seen. */
export class Late extends Error {}

/** `work`, or a rejection with Late after `ms` milliseconds. `what` names the awaited event, and all that was seen. */
export async function within<T>(ms: number, work: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(ms, what())), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Looks every few milliseconds until `done`, for changes that nothing tells of. Rejects with Late when the time is
 * over.
 */
export async function untilWithin(ms: number, done: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + ms;
  while (!(await done())) {
    if (Date.now() > end) throw tooLate(ms, what);
    await wait(2);
  }
}

/** Something has not come before its deadline. */
export function tooLate(ms: number, what: string): Error {
  return new Late(`waited ${ms / 1000} s for ${what}`);
}
