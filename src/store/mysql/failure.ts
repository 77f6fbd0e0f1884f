import type { QueryError } from 'mysql2';

/** The connection did not answer in time, and was given up. */
export class NoAnswer extends Error {}

/** One of several hosts takes no changes. */
export class ReadOnly extends Error {}

/** A statement is longer than the server takes in one packet. */
export class TooLong extends Error {}

/** Classes of SQLSTATE for the values of a row: one does not fit its column (22), or a key or check forbids it (23). */
const DATA_CLASSES = ['22', '23'];

/**
 * The same where the class is a general one: bytes that are no text of the charset, or that no text of the
 * column can equal, a text too long, a check.
 */
const DATA_NUMBERS = [1267, 1300, 1366, 1406, 3819, 3854];

/** Classes of SQLSTATE that no waiting mends: a wrong account (28), no such thing or no right to it (42). */
const WRONG_CLASSES = ['28', '42'];

/**
 * Limits of the server or of the account: of connections, of questions in an hour, of prepared statements. Their
 * class is that of wrong statements, but others will make room.
 */
const LIMIT_NUMBERS = [1040, 1203, 1226, 1461];

/** A server that takes no changes: it has become, or still is, the copy of another one. */
const READ_ONLY_NUMBERS = [1290, 1836];

/**
 * A prepared statement that the server does not know any more: a proxy has taken another connection behind it, or a
 * server has taken the place of another, or of a table.
 */
const FORGOTTEN_NUMBERS = [1243, 1615];

/** A row that was locked for too long, and a deadlock. The connection is as good as before. */
const LOCKED_NUMBERS = [1205, 1213];

/** A change at this isolation level, on a server that logs statements instead of rows. */
const STATEMENT_LOGGED = 1665;

/** A statement that the server cannot read, or a form of it that it has not. */
const UNSUPPORTED_NUMBERS = [1064, 1093, 1235];

function read(error: unknown): { readonly state: string | undefined; readonly number: number } {
  const { sqlState, errno } = (error ?? {}) as Partial<QueryError>;
  return { state: sqlState, number: errno ?? 0 };
}

function isIn(error: unknown, classes: readonly string[], numbers: readonly number[] = []): boolean {
  const { state, number } = read(error);
  return state !== undefined && (classes.includes(state.slice(0, 2)) || numbers.includes(number));
}

/** The number of an error of the database; 0 for any other. Its text would show the values of the row. */
export function numberOf(error: unknown): number {
  return read(error).number;
}

/** True when the database refused a row for its values: its name is taken, too long, not in its charset. */
export function isRefusal(error: unknown): boolean {
  return error instanceof TooLong || isIn(error, DATA_CLASSES, DATA_NUMBERS);
}

/** True when the database, or our right to it, is not as it should be: waiting a moment does not help. */
export function isWrong(error: unknown): boolean {
  return isIn(error, WRONG_CLASSES, [STATEMENT_LOGGED]) && !isLimit(error);
}

/** True when there are too many connections, questions or statements: there will be room. */
export function isLimit(error: unknown): boolean {
  return LIMIT_NUMBERS.includes(read(error).number);
}

/** True when the server takes no changes, but another one may, or this one later. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof ReadOnly || READ_ONLY_NUMBERS.includes(read(error).number);
}

/** True when the server does not know a prepared statement any more; it has not run. */
export function isForgotten(error: unknown): boolean {
  return FORGOTTEN_NUMBERS.includes(read(error).number);
}

/**
 * True when the error is known to have nothing to do with the connection. After any other error nobody knows the
 * state of the connection.
 */
export function isUnderstood(error: unknown): boolean {
  return isRefusal(error) || isLocked(error) || isWrong(error);
}

/** True when others held a row, or the whole table, for too long. */
export function isLocked(error: unknown): boolean {
  return LOCKED_NUMBERS.includes(read(error).number);
}

/** True when the connection broke, or was given up. */
export function isLost(error: unknown): boolean {
  if (error instanceof NoAnswer || error instanceof ReadOnly) return true;
  return read(error).state === undefined && (error as { fatal?: unknown } | undefined)?.fatal === true;
}

/** True when it may be the doing of one statement: it failed, or took too long. */
export function isOfOne(error: unknown): boolean {
  return error instanceof NoAnswer || !isLost(error);
}

/** True for an error of the database or of the way to it; any other is a fault of ours. */
export function isOfDatabase(error: unknown): boolean {
  return isLost(error) || read(error).state !== undefined;
}

/** True when the server takes no change in a transaction of READ COMMITTED. */
export function isStatementLogged(error: unknown): boolean {
  return read(error).number === STATEMENT_LOGGED;
}

/** True when the server does not take such a statement at all: others may do the same. */
export function isUnsupported(error: unknown): boolean {
  return isStatementLogged(error) || UNSUPPORTED_NUMBERS.includes(read(error).number);
}

/** The error in one line. */
export function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).replace(/\s+/g, ' ');
}

/** Waits for a statement that may be refused: then it has changed nothing, and gives undefined. */
export async function unlessRefused<T>(statement: Promise<T>): Promise<T | undefined> {
  try {
    return await statement;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
