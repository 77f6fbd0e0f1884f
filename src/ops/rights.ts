import { statSync } from 'node:fs';
import { shellWord } from '../text/shell.js';
import type { Log } from './log.js';

/** The bits of everybody but the owner. */
const OTHERS = 0o077;

/** A file that others than its owner may read or write. */
export interface OpenFile {
  readonly file: string;
  /** Its rights as `chmod` takes them. */
  readonly mode: string;
}

/** Those of the files that others than their owner may read or write. Missing files are left out. */
export function openToOthers(files: readonly string[]): OpenFile[] {
  return files.flatMap((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found?.isFile() || (found.mode & OTHERS) === 0) return [];
    return [{ file, mode: (found.mode & 0o777).toString(8) }];
  });
}

/** The remedy. */
export function remedyFor(files: readonly OpenFile[]): string {
  return `chmod 600 ${files.map(({ file }) => shellWord(file)).join(' ')}`;
}

/** Says in one line when others may read private files. */
export function tellRights(log: Log, files: readonly string[]): void {
  const open = openToOthers(files);
  if (open.length > 0) log.warn({ files: open }, `others may read private files: ${remedyFor(open)}`);
}
