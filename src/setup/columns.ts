import { foundIn, namesIn, type PresentNames, quoted } from '../store/mysql/names.js';
import type { Charset } from '../store/mysql/text.js';
import type { GivenTables } from '../store/tables.js';
import { onConnection } from './connection.js';
import { type AnyColumn, allColumns } from './names.js';
import { WIDE } from './tables.js';

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

/** The columns that users' names and groups' texts stand in. */
export function readColumns(url: string, given: GivenTables): Promise<Column[]> {
  return onConnection(url, async (connection) => {
    const columns = await allColumns(connection);
    return textColumns(columns, namesIn(foundIn(columns), given));
  });
}

/** The same among all columns of a database, as far as the tables are there. */
export function textColumns(columns: readonly AnyColumn[], names: PresentNames['names']): Column[] {
  const { user, allgroup } = names;
  const texts = new Map<string, readonly string[]>();
  if (user !== undefined) texts.set(user.table, [user.name, user.password]);
  if (allgroup !== undefined) texts.set(allgroup.table, [allgroup.groupname, allgroup.groupdesc]);
  return columns
    .filter(({ table, column }) => texts.get(quoted(table))?.includes(quoted(column)))
    .map(({ table, column, charset }) => ({ table, name: column, charset: String(charset) }));
}

/** The columns that cannot hold all characters that the option promises. */
export function poorColumns(columns: readonly Column[], charset: Charset): Column[] {
  return columns.filter((column) => !ENOUGH[charset].includes(column.charset));
}

/** The characters that a column loses, for a person. */
export function lossOf(column: Column): string {
  const { table, name, charset } = column;
  const lost = CHINESE.includes(charset) ? 'emoji and rare characters' : 'Chinese';
  return `${table}.${name} is ${charset}: no ${lost}`;
}

/** Changes the tables of these columns to utf8mb4. Their texts stay the same. */
export function widen(url: string, columns: readonly Column[]): Promise<string[]> {
  const tables = [...new Set(columns.map(({ table }) => table))];
  return onConnection(url, async (connection) => {
    for (const table of tables) {
      await connection.query(`alter table ${quoted(table)} convert to character set utf8mb4 collate ${WIDE}`);
    }
    return tables;
  });
}
