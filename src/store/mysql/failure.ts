import type { QueryError } from 'mysql2';

/** The connection did not answer in time, and was given up. */
export class NoAnswer extends Error {}

/** Classes of SQLSTATE: no connection (08), rolled back (40), cut off by the server (70). */
const AWAY_CLASSES = ['08', '40', '70'];

/** Servers that are full, locked, read-only until their turn comes, or that ended an idle connection. */
const AWAY_NUMBERS = [1040, 1203, 1205, 1226, 1290, 1836, 4031];

/** Classes of SQLSTATE that no waiting mends: a wrong account (28), no such thing or no right to it (42). */
const WRONG_CLASSES = ['28', '42'];

function read(error: unknown): { readonly state: string | undefined; readonly number: number } {
  const { sqlState, errno } = error as Partial<QueryError>;
  return { state: sqlState, number: errno ?? 0 };
}

/** True when the database could not be asked, or has taken back what it was told: asking again may help. */
export function isAway(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  const { state, number } = read(error);
  if (state === undefined) return (error as { fatal?: unknown }).fatal === true;
  return AWAY_NUMBERS.includes(number) || AWAY_CLASSES.includes(state.slice(0, 2));
}

/** True when the database cannot be used as it is set up, or we are: waiting does not help. */
export function isWrong(error: unknown): boolean {
  const { state } = read(error);
  return state !== undefined && !isAway(error) && WRONG_CLASSES.includes(state.slice(0, 2));
}

/** True when the database refused a row for what is in it: its name is taken, too long, not in its charset. */
export function isRefusal(error: unknown): boolean {
  return read(error).state !== undefined && !isAway(error) && !isWrong(error);
}

/** What went wrong, in one line. */
export function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).replace(/\s+/g, ' ');
}

/** Waits for a change that may be refused: then it has changed nothing, and that is not told. */
export async function unlessRefused(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}
