import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Why a database file cannot be opened, in plain words; undefined when the file system shows no reason. */
export function whyNot(file: string): string | undefined {
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) return `there is no folder ${folder}`;
  if (!statSync(folder).isDirectory()) return `${folder} is not a folder`;
  if (existsSync(file) && statSync(file).isDirectory()) return 'it is a folder';
  if (!isWritable(folder)) return `this user may not write in ${folder}`;
  return existsSync(file) && !isWritable(file) ? 'this user may not write to it' : undefined;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
