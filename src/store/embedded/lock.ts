import { realPath } from './file.js';
import { type Handle, open } from './handle.js';
import { isBusy } from './sql-error.js';

/** Another process has the file. */
export class FileInUse extends Error {}

/**
 * Locks a database against a second server, by a lock on a file of its own that is held until the process ends,
 * however it ends; the data stay readable for tools. It stands beside the file itself, not beside a link to it.
 * Throws FileInUse, which says who has it. Returns a function that gives it back.
 */
export function takeLock(file: string): () => void {
  if (file === ':memory:') return () => {};
  const lock = open(`${realPath(file)}-lock`);
  try {
    writeOwner(lock);
    // The lock keeps out other writers only: a server that is refused can still read the owner.
    lock.exec('BEGIN IMMEDIATE');
  } catch {
    const owner = readOwner(lock);
    lock.close();
    throw new FileInUse(`${file} is in use by another chat-server${owner}`);
  }
  return () => lock.close();
}

/** Writes down the own process id. Throws when another process has the lock; without it on a disk that is full. */
function writeOwner(lock: Handle): void {
  try {
    lock.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA user_version = ${process.pid}`);
  } catch (error) {
    if (isBusy(error)) throw error;
  }
}

/** The owner of the lock, for a person; nothing of this process itself, as an operator would stop it. */
function readOwner(lock: Handle): string {
  try {
    const [row] = lock.prepare('PRAGMA user_version').all() as { user_version: number }[];
    const pid = row?.user_version || process.pid;
    return pid === process.pid ? '' : `, pid ${pid}: stop that one first`;
  } catch {
    return '';
  }
}
