import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { type Operations, workOf } from './embedded.js';
import { FileLocked, text } from './sql-error.js';
import type { Batch, Outcome } from './thread-words.js';

/** Between two tries for a lock that another program has, in ms. */
const PAUSE = 2;

/**
 * Runs the calls of a batch as one transaction, and resolves with what became of each when it is committed. When they
 * fail together that is undefined: nothing is changed, and each is to be tried by itself. Never rejects.
 *
 * @param patience how long a lock of another program is waited for, in ms
 */
export async function runBatch(
  db: EmbeddedDatabase,
  operations: Operations,
  { change, calls }: Batch,
  patience: number,
): Promise<readonly Outcome[] | undefined> {
  const all = () => calls.map((call) => ({ value: workOf(operations, call)() }));
  try {
    return await patiently(patience, () => (change ? db.transaction(all) : db.reading(all)));
  } catch (error) {
    if (calls.length > 1 && !(error instanceof FileLocked)) return undefined;
    return calls.map(() => failure(error));
  }
}

/** Tries the work again while another program has the file locked. The thread is free between two tries. */
export async function patiently<T>(patience: number, work: () => T): Promise<T> {
  for (const end = performance.now() + patience; ; await delay(PAUSE)) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FileLocked) || performance.now() >= end) throw error;
    }
  }
}

function failure(error: unknown): Outcome {
  return error instanceof StoreUnavailable ? { unavailable: error.message } : { bug: text(error) };
}
