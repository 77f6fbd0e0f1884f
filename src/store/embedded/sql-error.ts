import { StoreUnavailable } from '../store.js';

/** A constraint of the schema refuses the change: a name that is taken, a text that is too long. */
export class SqlRefused extends Error {}

/** Another program has locked the file, for longer than is waited. Nothing was changed. */
export class FileLocked extends StoreUnavailable {
  constructor(file: string) {
    super(`${file} is locked by another program`);
  }
}

/** Whether the driver has found the file locked. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** The message of whatever was thrown. */
export function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code that the driver gives an error; `undefined` as a text where it has none. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
