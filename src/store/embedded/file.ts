import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
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
 * Returns a check that the file is still the one that is there now: what is written to one that was deleted or
 * replaced is gone. The check throws StoreUnavailable.
 */
export function guardFile(file: string): () => void {
  const first = statSync(file);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino === first.ino && now.dev === first.dev) return;
    throw new StoreUnavailable(
      `${file} was ${now === undefined ? 'deleted' : 'replaced'} while it was in use`,
    );
  };
}
