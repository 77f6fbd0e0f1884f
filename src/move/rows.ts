import { TABLES, type Table } from '../store/tables.js';
import { counted } from '../text/counted.js';

export type Cell = number | string | null;
/** The values of a row, in the order of COLUMNS. */
export type Row = readonly Cell[];
/** Everything that a database holds. */
export type Rows = Readonly<Record<Table, readonly Row[]>>;

/** The rows that were read of a database. */
export interface Found {
  readonly rows: Rows;
  /** The tables with rows that are not moved (LEFT_TABLES). */
  readonly left: readonly string[];
}

/** The name of a row of each table, for a person. */
const NOUNS: Readonly<Record<Table, string>> = {
  user: 'user',
  friend: 'friendship',
  allgroup: 'group',
  groupuser: 'membership',
  offlinemessage: 'stored message',
};

/** How many there are of what, in a sentence. */
export function countOf(rows: Rows): string {
  return TABLES.map((table) => counted(rows[table].length, NOUNS[table])).join(', ');
}

/** Throws an Error with one line when a database that shall be written to is not empty. */
export function refuseFull(where: string, full: readonly Table[]): void {
  if (full.length === 0) return;
  throw new Error(
    `${where} is not empty: there are ${full.map((table) => `${NOUNS[table]}s`).join(', ')}; name an empty one`,
  );
}

/** The same rows, with everybody offline. */
export function offline(rows: Rows): Rows {
  return {
    ...rows,
    user: rows.user.map(([id = 0, name = null, password = null]) => [id, name, password, 'offline']),
  };
}
