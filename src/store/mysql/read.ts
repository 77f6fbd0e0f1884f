import { ALONE, join } from '../join.js';
import type { Database } from './database.js';
import type { Row } from './link.js';
import { mostInts, together, withList } from './together.js';
import type { Speaker } from './watch.js';

/** The first messages of a user, at most `most`. */
export interface Page {
  readonly userid: number;
  readonly most: number;
}

/** Reads the bytes of the messages of a page, oldest first. */
export type ReadPage = (page: Page) => Promise<readonly Buffer[]>;

type Answer = readonly Buffer[] | typeof ALONE;

/** The most rows that are read for several users at once: one has few, or else is asked for again. */
const MOST_ROWS = 4000;

/** As many as there are. */
export const ALL = 2 ** 31 - 1;

/**
 * The table has no key: its own order, for each user, is the one that messages came in. Pages that wait go together.
 *
 * @param mostRows the most rows that are read for several users at once
 */
export function pages(db: Database, mostRows = MOST_ROWS): ReadPage {
  const { table, userid, message } = db.names.offlinemessage;
  const statement = (wanted: readonly Page[], most: number) => {
    const ids = [...new Set(wanted.map((page) => page.userid))];
    const from = `from ${table} where ${userid} in (?) and ${message} is not null`;
    const sql = `select ${userid} as userid, ${db.bytes(message)} as message ${from}`;
    return `${withList(sql, ids)} limit ${Math.min(most, ALL)}`;
  };

  async function all(link: Speaker, wanted: readonly Page[]): Promise<Answer[]> {
    const most = wanted.length === 1 ? (wanted[0]?.most ?? 0) : mostRows;
    const replies = await together(db, link, [statement(wanted, most)], wanted.length);
    if (replies?.[0] === undefined) return wanted.map(() => ALONE);
    const { rows } = replies[0];
    const found = cut(wanted, rows, rows.length < most || wanted.length === 1);
    const missing = wanted.filter((_, i) => found[i] === undefined);
    const half = Math.ceil(missing.length / 2);
    const rest = [...(await some(link, missing.slice(0, half))), ...(await some(link, missing.slice(half)))];
    return found.map((page) => page ?? rest.shift() ?? ALONE);
  }

  const some = (link: Speaker, wanted: readonly Page[]) => (wanted.length === 0 ? [] : all(link, wanted));

  return join<Page, readonly Buffer[]>({
    lanes: 1,
    most: () => mostInts(db),
    together: (wanted, since) => db.session((link) => all(link, wanted), since),
    alone: (page, since) =>
      db.session(async ({ ask }) => bytesIn((await ask(statement([page], page.most))).rows), since),
  });
}

/** The pages that these rows fill, and all if there are no more rows. */
function cut(wanted: readonly Page[], rows: readonly Row[], isAll: boolean): (Buffer[] | undefined)[] {
  const byUser = new Map<number, Row[]>(wanted.map(({ userid }) => [userid, []]));
  for (const row of rows) byUser.get(Number(row.userid))?.push(row);
  return wanted.map(({ userid, most }) => {
    const own = byUser.get(userid) ?? [];
    return isAll || own.length >= most ? bytesIn(own.slice(0, most)) : undefined;
  });
}

function bytesIn(rows: readonly Row[]): Buffer[] {
  return rows.map(({ message }) => message).filter(Buffer.isBuffer);
}
