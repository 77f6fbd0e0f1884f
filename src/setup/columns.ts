import type { RowDataPacket } from 'mysql2/promise';
import type { Charset } from '../store/mysql/text.js';
import { onConnection } from './connection.js';

/** A text column that users write to. Stored messages are ASCII (DIFFERENCES 6): any charset holds them. */
export interface Column {
  readonly table: string;
  readonly name: string;
  readonly charset: string;
}

/** Charsets that hold every text. */
const ALL = ['utf8mb4', 'utf16', 'utf32', 'gb18030'];
/** Charsets that hold what connections over gbk bring. */
const CHINESE = [...ALL, 'utf8', 'utf8mb3', 'ucs2', 'gbk'];

/** The charsets of columns that hold all that a server with this option promises to store. */
const ENOUGH: Readonly<Record<Charset, readonly string[]>> = { gbk: CHINESE, utf8mb4: ALL };

const COLUMNS = `
  select table_name as tab, column_name as col, character_set_name as charset
  from information_schema.columns
  where table_schema = database() and (table_name, column_name) in
    (('user', 'name'), ('user', 'password'), ('allgroup', 'groupname'), ('allgroup', 'groupdesc'))
  order by table_name, ordinal_position`;

/** The columns that users' names and groups' texts stand in. */
export function readColumns(url: string): Promise<Column[]> {
  return onConnection(url, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>(COLUMNS);
    return rows.map((row) => ({ table: row.tab, name: row.col, charset: String(row.charset) }));
  });
}

/** Those that cannot hold what the option promises. */
export function poorColumns(columns: readonly Column[], charset: Charset): Column[] {
  return columns.filter((column) => !ENOUGH[charset].includes(column.charset));
}

/** What a column loses, for a person. */
export function lossOf(column: Column): string {
  const { table, name, charset } = column;
  const lost = CHINESE.includes(charset) ? 'emoji and rare characters' : 'Chinese';
  return `${table}.${name} is ${charset}: no ${lost}`;
}

/** Changes the tables of these columns to utf8mb4. What is in them stays the same text. */
export function widen(url: string, columns: readonly Column[]): Promise<string[]> {
  const tables = [...new Set(columns.map(({ table }) => table))];
  return onConnection(url, async (connection) => {
    for (const table of tables) {
      // A collation that tells emoji apart, but not upper from lower case: as names were compared before.
      await connection.query(
        `alter table \`${table}\` convert to character set utf8mb4 collate utf8mb4_unicode_520_ci`,
      );
    }
    return tables;
  });
}
