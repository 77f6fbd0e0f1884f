import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Directive, parseNginx } from './nginx-syntax.js';

/** Files that include each other would never end. */
const DEEPEST = 20;

/** A configuration with all that it includes. Throws an Error with one line when a file cannot be read or is none. */
export function readNginx(file: string): Directive[] {
  const folder = dirname(resolve(file));
  return read(file, (pattern) => filesLike(resolve(folder, pattern)), DEEPEST);
}

function read(file: string, files: (pattern: string) => string[], depth: number): Directive[] {
  if (depth === 0) throw new Error(`${file} is included by itself`);
  return expanded(parsed(file), files, depth);
}

function expanded(
  directives: readonly Directive[],
  files: (pattern: string) => string[],
  depth: number,
): Directive[] {
  return directives.flatMap((directive) => {
    const { name, args, block } = directive;
    if (name === 'include') return files(args[0] ?? '').flatMap((found) => read(found, files, depth - 1));
    return block === undefined ? directive : { ...directive, block: expanded(block, files, depth) };
  });
}

function parsed(file: string): Directive[] {
  try {
    return parseNginx(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(code === undefined ? `${file} ${message}` : `${file} cannot be read: ${code}`);
  }
}

/** The files of a folder that are like a pattern with `*` and `?`, also in the names of folders, sorted as nginx does. */
function filesLike(pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const folders = /[*?[]/.test(dirname(pattern)) ? filesLike(dirname(pattern)) : [dirname(pattern)];
  const like = new RegExp(
    `^${basename(pattern)
      .replaceAll(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => like.test(name))
      .map((name) => join(folder, name)),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}
