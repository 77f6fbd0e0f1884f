import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileTooLarge, readBounded } from '../text/bounded-file.js';
import { type Directive, parseNginx } from './nginx-syntax.js';

/** Files that include each other would never end. */
const DEEPEST = 20;
/** The longest configuration, in bytes, and the most files: one that is included twice counts twice. */
const [LONGEST, MOST_FILES] = [4 << 20, 1000];

/** A configuration with all that it includes. Throws an Error with one line when a file cannot be read or is none. */
export function readNginx(file: string): Directive[] {
  return new Reading(dirname(resolve(file))).read(file, DEEPEST);
}

/** One configuration as it is read: twenty files of which each includes the next one twice would be a million. */
class Reading {
  readonly #folder: string;
  #bytes = 0;
  #files = 0;

  /** @param folder of the first file: includes are meant from there */
  constructor(folder: string) {
    this.#folder = folder;
  }

  read(file: string, depth: number): Directive[] {
    if (depth === 0) throw new Error(`${file} is included by itself`);
    return this.#expanded(this.#parsed(file), depth);
  }

  #expanded(directives: readonly Directive[], depth: number): Directive[] {
    return directives.flatMap((directive) => {
      const { name, args, block } = directive;
      if (name === 'include')
        return filesLike(resolve(this.#folder, args[0] ?? '')).flatMap((found) =>
          this.read(found, depth - 1),
        );
      return block === undefined ? directive : { ...directive, block: this.#expanded(block, depth) };
    });
  }

  #parsed(file: string): Directive[] {
    if (++this.#files > MOST_FILES)
      throw new Error(`${file} is one of more than ${MOST_FILES} included files`);
    try {
      const bytes = readBounded(file, LONGEST);
      this.#bytes += bytes.length;
      if (this.#bytes > LONGEST) throw new FileTooLarge(LONGEST);
      return parseNginx(bytes.toString());
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(code === undefined ? `${file} ${message}` : `${file} cannot be read: ${code}`);
    }
  }
}

/** The files of a folder that are like a pattern with `*` and `?`, also in the names of folders, sorted as nginx does. */
function filesLike(pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const folders = /[*?[]/.test(dirname(pattern)) ? filesLike(dirname(pattern)) : [dirname(pattern)];
  const like = expression(basename(pattern));
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => like.test(name))
      .map((name) => join(folder, name)),
  );
}

/** Text between two `*` is looked for once, where it is first: otherwise `a*a*a*b` would be tried in all ways. */
function expression(pattern: string): RegExp {
  const [first = '', ...rest] = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('?', '.')
    .split('*');
  const last = rest.pop();
  const between = rest.map((part, at) => `(?=(.*?${part}))\\${at + 1}(?:)`).join('');
  const text = `^${first}${between}${last === undefined ? '' : `.*${last}`}$`;
  try {
    return new RegExp(text, 's');
  } catch {
    throw new Error(`includes ${pattern}, which is no pattern`);
  }
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
