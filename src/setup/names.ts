import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type AllNames, type FoundColumn, foundIn, namesIn } from '../store/mysql/names.js';
import type { GivenTables } from '../store/tables.js';

const COLUMNS = `
  select table_name as tab, column_name as col, character_set_name as charset
  from information_schema.columns
  where table_schema = database() order by table_name, ordinal_position`;

/** A column of any table of a database; `null` is the charset of one that holds no text. */
export interface AnyColumn extends FoundColumn {
  readonly charset: string | null;
}

/** All columns of the database that a connection is in. */
export async function allColumns(connection: Connection): Promise<AnyColumn[]> {
  const [rows] = await connection.query<RowDataPacket[]>(COLUMNS);
  return rows.map(({ tab, col, charset }) => ({ table: tab, column: col, charset }));
}

/** What the five tables and their columns are called. Rejects with an error that says what is missing. */
export async function readNames(connection: Connection, given: GivenTables): Promise<AllNames> {
  return namesIn(foundIn(await allColumns(connection)), given);
}
