import { readFileSync } from 'node:fs';
import { ConfigError } from './error.js';

/** A text for a message: user and password of the URL in it are left out, whether it is a valid one or not. */
export function redacted(text: string): string {
  return text.replace(/(\w+:\/\/|^)\S*@/, '$1***@');
}

/** The value that a file holds, without the line's end. Throws ConfigError when it cannot be read. */
export function readSecret(file: string, origin: string): string {
  return readText(file, origin).trim();
}

/** A file that the user named. Throws ConfigError when it cannot be read. */
export function readText(file: string, origin: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw new ConfigError(`${origin} ${file} cannot be read: ${WHY[code] ?? code}`);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};
