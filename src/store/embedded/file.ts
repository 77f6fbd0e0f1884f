import { closeSync, lstatSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreUnavailable } from '../store.js';

/** The one path of a file, whatever links lead to it; of one that is not there yet, where it would be made. */
export function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // It, or its folder, is not there.
  }
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
    return realPath(resolve(dirname(file), readlinkSync(file)));
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return file;
  }
}

/**
 * Makes an empty file that its owner alone may read, unless there is one. SQLite makes its other files with the rights of
 * the database; by itself it would let everybody read the passwords. When the file cannot be made, SQLite tells why.
 */
export function makePrivate(file: string): void {
  if (file === ':memory:') return;
  try {
    // Never one that is there: to close it again would end the locks that this process has on it.
    closeSync(openSync(realPath(file), 'wx', 0o600));
  } catch {
    // It is there, or it cannot be made.
  }
}

/** The identity of a file, whatever its name. */
export interface Identity {
  readonly ino: number;
  readonly dev: number;
}

/** The identity of the file under this path; undefined for none. */
export function identityOf(file: string): Identity | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

export function isSame(one: Identity | undefined, other: Identity | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

/**
 * Throws StoreUnavailable when the file is not the one that was opened: a change would be lost in a file that was
 * deleted or replaced.
 */
export function checkIsSame(file: string, first: Identity | undefined): void {
  if (first === undefined) return;
  const now = identityOf(file);
  if (isSame(now, first)) return;
  throw new StoreUnavailable(`${file} was ${now === undefined ? 'deleted' : 'replaced'} while it was in use`);
}
