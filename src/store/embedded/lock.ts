import { realPath } from './file.js';
import { open } from './handle.js';

/** Another process has the file. */
export class FileInUse extends Error {}

/**
 * Locks a database against a second server, by a lock on a file of its own that is held until the process ends,
 * however it ends; the data stay readable for tools. It stands beside the file itself, not beside a link to it.
 * Throws FileInUse. Returns a function that gives it back.
 */
export function takeLock(file: string): () => void {
  if (file === ':memory:') return () => {};
  const lock = open(`${realPath(file)}-lock`);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new FileInUse(`${file} is in use by another chat-server`);
  }
  return () => lock.close();
}
