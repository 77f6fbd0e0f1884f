/** The five tables of chat.sql and their columns (PROTOCOL.md section 7). */
export const COLUMNS = {
  user: ['id', 'name', 'password', 'state'],
  friend: ['userid', 'friendid'],
  allgroup: ['id', 'groupname', 'groupdesc'],
  groupuser: ['groupid', 'userid', 'grouprole'],
  offlinemessage: ['userid', 'message'],
} as const;

export type Table = keyof typeof COLUMNS;
export type Column<T extends Table> = (typeof COLUMNS)[T][number];

export const TABLES = Object.keys(COLUMNS) as readonly Table[];

/** Something for each of the tables. */
export function mapTables<Value>(make: (table: Table) => Value): Record<Table, Value> {
  return Object.fromEntries(TABLES.map((table) => [table, make(table)])) as Record<Table, Value>;
}

/** The names of a table and its columns in a database, where they are known beforehand. */
export interface GivenNames {
  readonly table?: string | undefined;
  readonly columns?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The same for any of the tables. */
export type GivenTables = Readonly<Partial<Record<Table, GivenNames | undefined>>>;
