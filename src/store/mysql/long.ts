import { PAGE_BYTES } from '../store.js';
import type { Database } from './database.js';
import type { ReadPage } from './read.js';

/** A column of more characters is a long one: 500 rows of it are more than a connection should have in memory. */
export const SHORT = 2000;

/** How many rows of a long column are read without asking how long they are: 1.5 MB at the longest message there is. */
const FIRST = 8;

/**
 * Reads pages of a long column: as many rows as have PAGE_BYTES together, so that a user with very long messages costs
 * no more memory than one with many. Few users have more than FIRST messages: only theirs are measured before.
 */
export function boundedPages(db: Database, read: ReadPage): ReadPage {
  const { table, userid, message } = db.names.offlinemessage;
  const sql = `select octet_length(convert(${message} using utf8mb4)) as length from ${table}
    where ${userid} = ? and ${message} is not null limit ?`;
  return async (page) => {
    const first = await read({ ...page, most: Math.min(FIRST, page.most) });
    if (first.length < FIRST || page.most === FIRST) return first;
    const { rows } = await db.ask(sql, [page.userid, page.most]);
    const count = countOf(rows.map(({ length }) => Number(length)));
    return count <= FIRST ? first : read({ ...page, most: count });
  };
}

/** How many of the first have PAGE_BYTES together; all if they have less. */
function countOf(lengths: readonly number[]): number {
  let size = 0;
  const last = lengths.findIndex((length) => {
    size += length;
    return size >= PAGE_BYTES;
  });
  return last < 0 ? lengths.length : last + 1;
}
