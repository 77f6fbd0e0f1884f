import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { MessageFile } from '../message-file.js';
import { FileInUse } from './lock.js';
import { openMessageFile } from './message-file.js';

/** At most this many messages are moved from one file into another at once. */
const PAGE = 1000;
/** More processes than may share a name. */
const MOST = 256;

/**
 * Opens the file of messages of this process, and moves into it the messages in the files of processes that are gone.
 * Beside FILE are FILE-1, FILE-2, and so on.
 *
 * @param shared for a worker: it takes the first of them that no other process has
 * @throws Error with one clear line when FILE is in use, or one of them cannot be used
 */
export function openMessageFiles(file: string, shared: boolean): MessageFile {
  const own = (shared ? openFirst(file) : undefined) ?? openMessageFile(file);
  for (const path of [file, ...beside(file)]) {
    const other = path === own.path ? undefined : openFree(path);
    if (other !== undefined) move(other, own);
  }
  return own;
}

function openFirst(file: string): MessageFile | undefined {
  for (let n = 0; n < MOST; n++) {
    const free = openFree(n === 0 ? file : `${file}-${n}`);
    if (free !== undefined) return free;
  }
}

function beside(file: string): string[] {
  const [folder, name] = [dirname(file), basename(file)];
  const isOne = (other: string) => other.startsWith(`${name}-`) && /^\d+$/.test(other.slice(name.length + 1));
  return readdirSync(folder)
    .filter(isOne)
    .map((other) => join(folder, other))
    .sort();
}

/** Undefined when another process has it. */
function openFree(path: string): MessageFile | undefined {
  try {
    return openMessageFile(path);
  } catch (error) {
    if (error instanceof FileInUse) return undefined;
    throw error;
  }
}

/** When this is cut off, the messages of one page are in both files: rather twice than never. */
function move(from: MessageFile, to: MessageFile): void {
  let { last } = to;
  for (let page = from.after(0, PAGE); page.length > 0; page = from.after(0, PAGE)) {
    to.change(
      page.map((message) => ({ ...message, number: ++last })),
      [],
    );
    from.change(
      [],
      page.map(({ number }) => number),
    );
  }
  from.close();
}
