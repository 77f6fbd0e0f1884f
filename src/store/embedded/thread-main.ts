/** The program of the thread of a database file. */
import { parentPort, workerData } from 'node:worker_threads';
import { patiently, runBatch } from './batches.js';
import { EmbeddedDatabase } from './database.js';
import { operations } from './embedded.js';
import { portionsOf } from './portions.js';
import { ALL_OFFLINE } from './schema.js';
import { text } from './sql-error.js';
import type { Batch, Outcome, Said, Task, Told } from './thread-words.js';

const task = workerData as Task;

function say(said: Said): void {
  parentPort?.postMessage(said);
}

/** Of answers that are being told in portions: what goes on with them. */
const goOn = new Map<number, () => void>();

async function tell(number: number, outcomes: readonly Outcome[] | undefined): Promise<void> {
  if (outcomes === undefined) return say({ number, portion: undefined, isLast: true });
  for (const { portion, isLast } of portionsOf(outcomes)) {
    say({ number, portion, isLast });
    if (!isLast) await new Promise<void>((resolve) => goOn.set(number, resolve));
  }
  goOn.delete(number);
}

function open(): EmbeddedDatabase {
  // Nothing is waited for inside a call of SQLite: what only reads goes on while a change waits.
  const db = new EmbeddedDatabase({ ...task, patience: 0 });
  try {
    if (task.allOffline) db.prepare(ALL_OFFLINE).run();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function serve(db: EmbeddedDatabase): void {
  const all = operations(db, task.passwordLength);
  const running = new Set<Promise<void>>();
  const work = async (batch: Batch) => {
    await tell(batch.number, await runBatch(db, all, batch, task.patience));
    // The next thread begins anew.
    if (db.isWorn) process.exit();
  };
  const close = async () => {
    await Promise.all(running);
    db.close();
    parentPort?.close();
  };
  parentPort?.on('message', (told: Told) => {
    if (told === 'close') return void close();
    if ('next' in told) return goOn.get(told.next)?.();
    const done = work(told);
    running.add(done);
    void done.finally(() => running.delete(done));
  });
  say({ opened: db.identity });
}

try {
  serve(await patiently(task.patience, open));
} catch (error) {
  say({ unusable: text(error) });
}
