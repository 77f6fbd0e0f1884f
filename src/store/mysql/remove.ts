import { createHash } from 'node:crypto';
import { isAscii } from '../split.js';
import { StoreUnavailable } from '../store.js';
import { chunks } from './chunks.js';
import { crc32 } from './crc32.js';
import type { Database } from './database.js';
import { isStatementLogged, isUnsupported } from './failure.js';
import type { Ask, Row } from './link.js';
import type { ReadPage } from './read.js';
import { textOf } from './text.js';

/** The text of rows, as latin1, and how many rows have it. */
type Counted = [bytes: string, count: number];

/** It locks only the rows that it changes. */
const READ_COMMITTED = 'set transaction isolation level read committed';

/** By how much more is read when a message was not among the first. */
const MORE = 8;

/** Deletes messages of a user. */
export type Remove = (userid: number, messages: readonly string[]) => Promise<void>;

/** Deletes as many rows of each text as are given, and nothing that came later (DIFFERENCES 8). */
export function remover(db: Database, read: ReadPage): Remove {
  const removeFirst = firstRemover(db);
  return async (userid, messages) => {
    const rows = await storedForms(read, userid, messages);
    for (const some of chunks(rows, db.mostBytes, ({ length }) => length)) {
      if (await removeFirst(userid, some)) continue;
      const counted = [...count(some)];
      if (!(await removeAtOnce(db, userid, counted))) await removeEach(db, userid, counted);
    }
  };
}

/**
 * The bytes of the rows that have these texts, in the same order. Ours are all ASCII. Those of others may be stored as
 * bytes that are not their UTF-8 (DIFFERENCES 15).
 */
async function storedForms(read: ReadPage, userid: number, texts: readonly string[]): Promise<string[]> {
  const others = texts.filter((text) => !isAscii(text));
  if (others.length === 0) return [...texts];
  const found = (await rowsOf(read, userid, others)).values();
  return texts.flatMap((text) => (isAscii(text) ? text : (found.next().value ?? [])));
}

function count(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The texts, as they are stored, of the first rows that read as these texts. */
async function rowsOf(read: ReadPage, userid: number, texts: readonly string[]): Promise<string[]> {
  let found: string[] = [];
  for (let most = texts.length; found.length < texts.length; most *= MORE) {
    const left = count(texts);
    const rows = await read({ userid, most });
    found = rows.filter((bytes) => take(left, textOf(bytes))).map((bytes) => bytes.toString('latin1'));
    if (rows.length < most) break;
  }
  return found;
}

/** True when there was one left. */
function take<T>(left: Map<T, number>, one: T): boolean {
  const count = left.get(one) ?? 0;
  if (count > 0) left.set(one, count - 1);
  return count > 0;
}

/**
 * Deletes these rows if they are the first that the user has, in this order. No text is sent for that in either
 * direction: the database compares checksums and lengths, in the one statement that deletes the rows. Nothing can come
 * between the two: what it compares it has locked. False, with nothing changed, when the first rows are others.
 */
function firstRemover(db: Database): (userid: number, rows: readonly string[]) => Promise<boolean> {
  const { table, userid: user, message: column } = db.names.offlinemessage;
  const message = db.bytes(column);
  let isUnknown = false;
  return async (userid, rows) => {
    if (isUnknown) return false;
    const sums = rows.map((row) => crc32(Buffer.from(row, 'latin1')));
    const marks = rows.map(({ length }, i) => `${sums[i]}:${length}`).join();
    const these = `from ${table} where ${user} = ${userid} and ${column} is not null`;
    const mark = `crc32(${message}) as sum, length(${message}) as bytes`;
    const first = `select ${mark} ${these} limit ${rows.length} for update`;
    const areThese = `sha1(group_concat(sum, ':', bytes)) = '${sha1(marks)}'`;
    // The rows are named by their checksums, too: another way through the table than that of `first` deletes no others.
    const removal = `delete ${these} and crc32(${message}) in (${sums}) and (select ${areThese} from (${first}) found)`;
    try {
      const statements = [READ_COMMITTED, `${removal} limit ${rows.length}`];
      const [, removed] = await db.session(({ askAll }) => askAll(statements));
      return removed?.affected === rows.length;
    } catch (error) {
      isUnknown = isUnsupported(causeOf(error));
      if (isUnknown) return false;
      throw error;
    }
  };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/**
 * Deletes these rows if they are the first that the user has of such: the search ends behind them, however many
 * follow. False, with nothing changed, when they are not.
 */
async function removeAtOnce(db: Database, userid: number, rows: readonly Counted[]): Promise<boolean> {
  const expected = sum(rows);
  const { table, userid: user, message: column } = db.names.offlinemessage;
  const message = db.bytes(column);
  const these = `from ${table} where ${user} = ? and ${message} in (${rows.map(() => '?')}) limit ?`;
  const values = [userid, ...rows.map(([bytes]) => Buffer.from(bytes, 'latin1')), expected];
  return removeIf(db, async (ask) => {
    const first = await ask(`select ${message} as message ${these} for update`, values);
    return areThese(first.rows, rows) && (await ask(`delete ${these}`, values)).affected === expected;
  });
}

/** A transaction that locks only the rows that it changes; false also on a server that takes none such. */
export async function removeIf(db: Database, work: (ask: Ask) => Promise<boolean>): Promise<boolean> {
  try {
    return await db.transaction(work, 'read committed');
  } catch (error) {
    if (isStatementLogged(causeOf(error))) return false;
    throw error;
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof StoreUnavailable ? error.cause : error;
}

function areThese(found: readonly Row[], rows: readonly Counted[]): boolean {
  const counts = count(found.map(({ message }) => (message as Buffer).toString('latin1')));
  return rows.every(([bytes, expected]) => counts.get(bytes) === expected);
}

/** The same one kind at a time, whatever is there. */
async function removeEach(db: Database, userid: number, rows: readonly Counted[]): Promise<boolean> {
  const { table, userid: user, message } = db.names.offlinemessage;
  const sql = `delete from ${table} where ${user} = ? and ${db.bytes(message)} = ? limit ?`;
  for (const [bytes, count] of rows) await db.ask(sql, [userid, Buffer.from(bytes, 'latin1'), count]);
  return true;
}

function sum(rows: readonly Counted[]): number {
  return rows.reduce((all, [, count]) => all + count, 0);
}
