import { existsSync } from 'node:fs';
import { FileTooLarge, readBounded } from '../text/bounded-file.js';
import { redacted } from '../text/secrets.js';
import { ConfigError } from './error.js';

/** The longest config file, and file of a secret, in bytes. */
const LONGEST = 65_536;

/** A value that begins like this is a path. Any other may be the secret itself, in the place of its file. */
const PATH = /^(?:\/|\.{1,2}\/|~)/;

/** The value that a file holds, without the line's end. Throws ConfigError when it cannot be read. */
export function readSecret(file: string, origin: string): string {
  if (existsSync(file) || PATH.test(file)) return readText(file, origin).trim();
  throw new ConfigError(`${origin}: there is no such file; it wants the path of a file with the value in it`);
}

/** A file that the user named. Throws ConfigError when it cannot be read. */
export function readText(file: string, origin: string): string {
  try {
    return readBounded(file, LONGEST).toString();
  } catch (error) {
    if (error instanceof FileTooLarge) throw new ConfigError(`${origin} ${redacted(file)} ${error.message}`);
    const code = String((error as NodeJS.ErrnoException).code);
    throw new ConfigError(`${origin} ${redacted(file)} cannot be read: ${WHY[code] ?? code}`);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};
