import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type FoundColumn, foundIn, type PresentNames, presentIn } from '../store/mysql/names.js';
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

/** The names of those of the five tables that are there, with their columns; and the faults of the others. */
export function readPresent(columns: readonly AnyColumn[], given: GivenTables): PresentNames {
  return presentIn(foundIn(columns), given);
}
