import Sqlite from 'libsql';
import { makePrivate } from './file.js';
import { FileLocked, isBusy, text } from './sql-error.js';
import { whyNot } from './why-not.js';

export type Handle = Sqlite.Database;

/**
 * Opens the file, and makes it when it is not there. Throws FileLocked, or an Error with one clear line when it cannot
 * be used.
 *
 * @param patience how long a lock of another program is waited for, in ms; the thread stands still meanwhile
 * @param schema statements that make missing tables
 */
export function openHandle(file: string, patience: number, schema: string): Handle {
  const handle = open(file);
  try {
    handle.exec(`PRAGMA busy_timeout = ${patience}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`);
    handle.exec(schema);
    return handle;
  } catch (error) {
    handle.close();
    throw isBusy(error) ? new FileLocked(file) : new Error(`${file} cannot be used: ${text(error)}`);
  }
}

/** Opens any file, as it is, and makes an empty one that is private when there is none. Throws an Error with one clear line. */
export function open(file: string): Handle {
  makePrivate(file);
  try {
    return new Sqlite(file);
  } catch (error) {
    throw new Error(`${file} cannot be opened: ${whyNot(file) ?? text(error)}`);
  }
}

/**
 * Brings everything into the one file, so that a copy of it alone has all. False when another process still reads: the
 * last one that closes does it.
 */
export function checkpoint(handle: Handle): boolean {
  try {
    const [row] = handle.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all() as { busy: number }[];
    return row?.busy === 0;
  } catch {
    return false;
  }
}

/** Whether nothing is left of a transaction, if there was one. */
export function rollBack(handle: Handle): boolean {
  try {
    // SQLite has rolled back by itself when the disk is full.
    if (handle.inTransaction) handle.exec('ROLLBACK');
    return !handle.inTransaction;
  } catch {
    return false;
  }
}
