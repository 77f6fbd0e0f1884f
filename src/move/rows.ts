import { TABLES, type Table } from '../store/tables.js';

export type Cell = number | string | null;
/** The values of a row, in the order of COLUMNS. */
export type Row = readonly Cell[];
/** Everything that a database holds. */
export type Rows = Readonly<Record<Table, readonly Row[]>>;

/** What the rows of each table are, for a person. */
const NOUNS: Readonly<Record<Table, string>> = {
  user: 'users',
  friend: 'friendships',
  allgroup: 'groups',
  groupuser: 'memberships',
  offlinemessage: 'stored messages',
};

/** How many there are of what, in a sentence. */
export function countOf(rows: Rows): string {
  return TABLES.map((table) => `${rows[table].length.toLocaleString('en')} ${NOUNS[table]}`).join(', ');
}

/** Throws an Error with one line when a database that shall be written to is not empty. */
export function refuseFull(where: string, full: readonly Table[]): void {
  if (full.length === 0) return;
  throw new Error(
    `${where} is not empty: there are ${full.map((table) => NOUNS[table]).join(', ')}; name an empty one`,
  );
}

/** The same rows, with everybody offline. */
export function offline(rows: Rows): Rows {
  return {
    ...rows,
    user: rows.user.map(([id = 0, name = null, password = null]) => [id, name, password, 'offline']),
  };
}
