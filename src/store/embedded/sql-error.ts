import { StoreUnavailable } from '../store.js';

/** A constraint of the schema refuses the change: a name that is taken, a text that is too long. */
export class SqlRefused extends Error {}

/** Another program has locked the file, for longer than is waited. Nothing was changed. */
export class FileLocked extends StoreUnavailable {
  constructor(file: string) {
    super(`${file} is locked by another program`);
  }
}

/** Runs the work. What SQLite refuses comes as an SqlRefused, what else goes wrong there as StoreUnavailable. */
export function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlRefused || error instanceof StoreUnavailable) throw error;
    throw codeOf(error).startsWith('SQLITE_CONSTRAINT')
      ? new SqlRefused(text(error))
      : new StoreUnavailable(text(error), { cause: error });
  }
}

/** Whether the driver has found the file locked. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** Whether an error leaves the handle as it was: a refused row, a full disk, and what SQLite had no part in. */
export function isUnderstood(error: unknown): boolean {
  return !(error instanceof StoreUnavailable) || codeOf(error.cause) === 'SQLITE_FULL';
}

/** The message of whatever was thrown. */
export function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
