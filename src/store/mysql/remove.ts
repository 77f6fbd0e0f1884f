import { isAscii } from '../split.js';
import { StoreUnavailable } from '../store.js';
import { chunks } from './chunks.js';
import { crc32 } from './crc32.js';
import type { Database } from './database.js';
import { isStatementLogged } from './failure.js';
import type { Ask, Row } from './link.js';
import type { ReadPage } from './read.js';
import { textOf } from './text.js';
import { withList } from './together.js';

/** The text of rows, as latin1, and how many rows have it. */
type Counted = [bytes: string, count: number];

/** By how much more is read when a message was not among the first. */
const MORE = 8;

/** Deletes as many rows of each text as are given, and nothing that came later (DIFFERENCES 8). */
export async function removeMessages(
  db: Database,
  read: ReadPage,
  userid: number,
  messages: readonly string[],
): Promise<void> {
  // Ours are all ASCII. Those of others may be stored as bytes that are not their UTF-8 (DIFFERENCES 15).
  const rows: string[] = [];
  const others: string[] = [];
  for (const text of messages) (isAscii(text) ? rows : others).push(text);
  if (others.length > 0) rows.push(...(await rowsOf(read, userid, others)));
  for (const some of chunks([...count(rows)], db.mostBytes, ([bytes]) => bytes.length)) {
    for (const way of [removeFirst, removeAtOnce, removeEach]) if (await way(db, userid, some)) break;
  }
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

/** A checksum takes 32 bits; the length of a text fills it up to the 53 bits that a double holds exactly. */
const LENGTHS = 2 ** 20;

/**
 * Deletes these rows if they are the first that the user has, as they are when they were read. No text is sent for that
 * in either direction: the database says what their checksums and lengths are. False, with nothing changed, when they
 * are others.
 */
async function removeFirst(db: Database, userid: number, rows: readonly Counted[]): Promise<boolean> {
  const expected = sum(rows);
  const { table, userid: user, message: column } = db.names.offlinemessage;
  const message = db.bytes(column);
  const these = `from ${table} where ${user} = ${userid} and ${column} is not null`;
  const mark = `crc32(${message}) * ${LENGTHS} + length(${message}) % ${LENGTHS}`;
  const sums: number[] = [];
  const marks = new Map<number, number>();
  for (const [text, count] of rows) {
    const bytes = Buffer.from(text, 'latin1');
    const checksum = crc32(bytes);
    const mark = checksum * LENGTHS + (bytes.length % LENGTHS);
    sums.push(checksum);
    marks.set(mark, (marks.get(mark) ?? 0) + count);
  }
  return removeIf(db, async (ask) => {
    const left = new Map(marks);
    const first = await ask(`select ${mark} as mark ${these} limit ${expected} for update`);
    const areThese = first.rows.every((row) => take(left, Number(row.mark)));
    if (first.rows.length < expected || !areThese) return false;
    const removal = withList(`delete ${these} and crc32(${message}) in (?)`, sums);
    return (await ask(`${removal} limit ${expected}`)).affected === expected;
  });
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
    const cause = error instanceof StoreUnavailable ? error.cause : error;
    if (isStatementLogged(cause)) return false;
    throw error;
  }
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
