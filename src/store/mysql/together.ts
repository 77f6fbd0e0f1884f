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

/** A question with ints for its values: those with the same text are asked as one. */
interface Question {
  readonly sql: string;
  readonly values: readonly number[];
}

/** Questions that wait while others are being answered go together. One that fails, or takes long, hurts no other. */
export function reader(db: Database): Read {
  const ask = join<Question, readonly Row[]>({
    lanes: LANES,
    most: () => atMost(db, MOST_STATEMENTS, STATEMENT),
    together: (questions, since) => db.session((link) => askUnited(db, link, questions), since),
    alone: ({ sql, values }, since) =>
      db.session(async ({ ask }) => (await ask(withInts(sql, values))).rows, since),
  });
  return (sql, values) => ask({ sql, values });
}

/**
 * Asks each kind of question in one statement. A result of its own for each question would be described column by
 * column: for lists that are mostly short that is more work, here and at the database, than their rows.
 */
async function askUnited(
  db: Database,
  link: Speaker,
  questions: readonly Question[],
): Promise<(readonly Row[] | typeof ALONE)[]> {
  const kinds = new Map<string, number[]>();
  for (const [place, { sql }] of questions.entries()) append(kinds, sql, place);
  const statements = [...kinds].map(([sql, places]) =>
    united(
      sql,
      places.map((place) => [place, questions[place]?.values ?? []]),
    ),
  );
  const replies = await together(db, link, statements, questions.length);
  if (replies === undefined) return questions.map(() => ALONE);
  const found: Row[][] = questions.map(() => []);
  for (const { rows } of replies) for (const row of rows) found[Number(row.place)]?.push(row);
  return found;
}

function append(kinds: Map<string, number[]>, sql: string, place: number): void {
  const places = kinds.get(sql);
  if (places === undefined) kinds.set(sql, [place]);
  else places.push(place);
}

/**
 * One statement for several questions of a kind, each with a number that is in all of its rows, as `place`. The
 * database plans each by itself: its rows are those, and in the order, that it has alone.
 *
 * @param sql begins with `select`
 */
export function united(
  sql: string,
  asked: readonly (readonly [place: number, values: readonly number[]])[],
): string {
  const parts = partsOf(sql.replace('select', 'select ? as place,'));
  return asked.map(([place, values]) => written(parts, [place, ...values])).join(' union all ');
}

/**
 * The same for a question that can be asked for many ints at once, on at most `lanes` connections: `sql` up to the
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
const NAME_OR_PLACE = /(`(?:[^`]|``)*`)|\?/;

/** The statement with its values written into it. Throws for a value that is no int. */
export function withInts(sql: string, values: readonly number[]): string {
  return written(partsOf(sql), values);
}

/** The statement with ints in the place of its one `?`. Throws for a value that is no int. */
export function withList(sql: string, values: readonly number[]): string {
  return partsOf(sql).join(values.map(int).join());
}

/** The parts of a statement around the places of values. */
function partsOf(sql: string): string[] {
  const parts = [''];
  // A name is split off like a place, and comes along.
  for (const [n, text] of sql.split(NAME_OR_PLACE).entries()) {
    if (n % 2 === 1 && text === undefined) parts.push('');
    else parts[parts.length - 1] += text;
  }
  return parts;
}

function written(parts: readonly string[], values: readonly number[]): string {
  if (values.length >= parts.length) throw new TypeError('too many values for a statement');
  return parts.reduce((text, part, n) => `${text}${int(values[n - 1])}${part}`);
}

function int(value: number | undefined): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`not an int for a statement: ${value}`);
  return `${value}`;
}
