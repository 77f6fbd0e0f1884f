import { setTimeout as pause } from 'node:timers/promises';

/** A process spends at most one part in this many of its time on answers that anybody can ask for. */
const PART = 10;

/**
 * The same work, but never two at a time, and after each a pause that is as long as it took, many times over: chat
 * goes on however often somebody asks. Callers that ask meanwhile wait, and all of them get the next answer, so that
 * no answer is older than its question.
 */
export function sparing<T>(make: () => Promise<T>): () => Promise<T> {
  let rest: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const run = async () => {
    await rest;
    next = undefined;
    const start = performance.now();
    const made = make();
    rest = made.then(noted, noted).then(() => pause((performance.now() - start) * (PART - 1)));
    return made;
  };
  return () => {
    next ??= run();
    return next;
  };
}

function noted(): void {}
