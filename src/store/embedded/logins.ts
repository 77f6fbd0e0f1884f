import { setTimeout as delay } from 'node:timers/promises';
import { type Handle, open } from './handle.js';

/** How long to wait for another worker's login before giving up, in ms. */
const PATIENCE = 2000;
/** Between two tries, in ms. */
const PAUSE = 5;

/** Lets one at a time log in an abandoned account of a server with one process (DIFFERENCES 10). */
export function loginsHere() {
  const busy = new Set<number>();
  return async <T>(id: number, work: () => Promise<T>): Promise<T | undefined> => {
    if (busy.has(id)) return undefined;
    busy.add(id);
    try {
      return await work();
    } finally {
      busy.delete(id);
    }
  };
}

/**
 * Lets one worker at a time log in an account of a worker that crashed (DIFFERENCES 10), by a lock on a file
 * of its own, which ends with the process that holds it.
 */
export function logins(file: string) {
  const lock = open(`${file}-logins`);
  let last: Promise<unknown> = Promise.resolve();

  const alone = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (!(await take(lock))) return undefined;
    try {
      return await work();
    } finally {
      lock.exec('ROLLBACK');
    }
  };

  return <T>(_id: number, work: () => Promise<T>): Promise<T | undefined> => {
    const mine = last.then(() => alone(work));
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function take(lock: Handle): Promise<boolean> {
  for (const end = performance.now() + PATIENCE; performance.now() < end; await delay(PAUSE)) {
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return true;
    } catch {
      // Another worker has it.
    }
  }
  return false;
}
