import { ALONE, join } from '../join.js';
import type { Database } from './database.js';
import { isOfOne } from './failure.js';
import type { Reply, Row } from './link.js';
import type { Speaker } from './watch.js';

/** Asks a question whose only values, in the place of each `?`, are ints. */
export type Read = (sql: string, values: readonly number[]) => Promise<readonly Row[]>;

/** Finds the rows that have this int in the column that is looked into. */
export type Lookup = (id: number) => Promise<readonly Row[]>;

/** How many connections ask at once. */
const LANES = 2;

/** The most statements, and the most ints of one statement, that go together, and the bytes of each at most. */
const MOST_STATEMENTS = 64;
const STATEMENT = 512;
const MOST_INTS = 500;
const INT = 16;

/** The share of the patience that those who go together have: some is left for each alone. */
const SHARE = 1 / 2;

/** Questions that wait while others are being answered go together. One that fails, or takes long, hurts no other. */
export function reader(db: Database): Read {
  const ask = join<string, readonly Row[]>({
    lanes: LANES,
    most: () => atMost(db, MOST_STATEMENTS, STATEMENT),
    together: (statements, since) =>
      db.session(async (link) => {
        const replies = await together(db, link, statements, statements.length);
        return statements.map((_, i) => replies?.[i]?.rows ?? ALONE);
      }, since),
    alone: (sql, since) => db.session(async ({ ask }) => (await ask(sql)).rows, since),
  });
  return async (sql, values) => ask(withInts(sql, values));
}

/**
 * The same for a question that can be asked for many ints at once, on so many connections: `sql` up to the
 * column that they are in, which it gives as `id`.
 */
export function lookup(db: Database, lanes: number, sql: string): Lookup {
  const question = (ids: readonly number[]) => withList(`${sql} in (?)`, ids);
  return join<number, readonly Row[]>({
    lanes,
    most: () => mostInts(db),
    together: (ids, since) =>
      db.session(async (link) => {
        const replies = await together(db, link, [question([...new Set(ids)])], ids.length);
        if (replies?.[0] === undefined) return ids.map(() => ALONE);
        const found = new Map<number, Row[]>(ids.map((id) => [id, []]));
        for (const row of replies[0].rows) found.get(Number(row.id))?.push(row);
        return ids.map((id) => found.get(id) ?? []);
      }, since),
    alone: (id, since) => db.session(async ({ ask }) => (await ask(question([id]))).rows, since),
  });
}

/** The most ints for one statement. */
export function mostInts(db: Database): number {
  return atMost(db, MOST_INTS, INT);
}

function atMost(db: Database, most: number, size: number): number {
  return Math.max(1, Math.min(most, Math.floor(db.mostBytes / size)));
}

/**
 * Runs statements for several in one go. Undefined, with nothing known, when one failed or it took too long:
 * then each is to be tried alone.
 */
export async function together(
  db: Database,
  link: Speaker,
  statements: readonly string[],
  several: number,
): Promise<readonly Reply[] | undefined> {
  try {
    return await link.askAll(statements, db.patience * (several > 1 ? SHARE : 1));
  } catch (error) {
    if (several > 1 && isOfOne(error)) return undefined;
    throw error;
  }
}

/** A name in quotes, which may have a question mark in it, or the place of a value. */
const NAME_OR_PLACE = /`(?:[^`]|``)*`|\?/g;

/** The statement with its values written into it. Throws for what is no int. */
export function withInts(sql: string, values: readonly number[]): string {
  const left = [...values];
  const text = sql.replaceAll(NAME_OR_PLACE, (found) => {
    if (found !== '?') return found;
    const value = left.shift();
    if (!Number.isSafeInteger(value)) throw new TypeError(`not an int for a statement: ${value}`);
    return `${value}`;
  });
  if (left.length > 0) throw new TypeError('too many values for a statement');
  return text;
}

/** The statement with ints in the place of its one `?`. Throws for what is no int. */
export function withList(sql: string, values: readonly number[]): string {
  const places = values.map(() => '?').join();
  return withInts(
    sql.replaceAll(NAME_OR_PLACE, (found) => (found === '?' ? places : found)),
    values,
  );
}
