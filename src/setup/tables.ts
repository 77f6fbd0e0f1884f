import type { Connection, RowDataPacket } from 'mysql2/promise';
import { packageText } from '../ops/package.js';
import { quoted, tableIn } from '../store/mysql/names.js';
import { type GivenNames, type GivenTables, TABLES, type Table } from '../store/tables.js';
import { databaseIn, onConnection } from './connection.js';

/** A collation that tells emoji apart, but not upper from lower case: as names are compared in the original's tables. */
export const WIDE = 'utf8mb4_unicode_520_ci';

/** The statements of chat.sql that make its tables, by the name of the table. */
function originalTables(): Map<string, string> {
  const statements = packageText('chat.sql').matchAll(/^CREATE TABLE IF NOT EXISTS `(\w+)`[^;]*/gm);
  return new Map([...statements].map(([statement, table]) => [table ?? '', statement]));
}

/** The same tables, but every column holds every text, and stored messages are found by their user. */
function wideTables(): Map<string, string> {
  const wide = [...originalTables()].map(([table, statement]): [string, string] => [
    table,
    statement
      .replaceAll(' CHARACTER SET latin1', '')
      .replace(/DEFAULT CHARSET=\w+/, `DEFAULT CHARSET=utf8mb4 COLLATE=${WIDE}`),
  ]);
  const tables = new Map(wide);
  const stored = tables.get('offlinemessage') ?? '';
  return tables.set('offlinemessage', stored.replace(/\n\)/, ',\n  KEY `userid` (`userid`)\n)'));
}

/**
 * Creates the database that the URL names, and the tables of chat.sql, where they are missing. Returns the
 * names of all that it created. Rejects with the driver's error when the server does not allow it.
 *
 * @param given the names of tables and columns where they are not those of chat.sql
 * @param asOriginal exactly those of chat.sql; else they hold every text, and have the index that logins need
 */
export function createTables(url: string, given: GivenTables, asOriginal = false): Promise<string[]> {
  const database = databaseIn(url);
  return onConnection(
    url,
    async (connection) => [
      ...(await enter(connection, database)),
      ...(await createMissing(connection, given, asOriginal ? originalTables() : wideTables())),
    ],
    false,
  );
}

async function enter(connection: Connection, database: string): Promise<string[]> {
  const name = quoted(database);
  const [found] = await connection.query<RowDataPacket[]>('show databases where `Database` = ?', [database]);
  if (found.length === 0) await connection.query(`create database if not exists ${name}`);
  await connection.query(`use ${name}`);
  return found.length === 0 ? [`the database ${database}`] : [];
}

async function createMissing(
  connection: Connection,
  given: GivenTables,
  statements: ReadonlyMap<string, string>,
): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql: 'show tables', rowsAsArray: true });
  const created: string[] = [];
  for (const table of missingIn(
    rows.map((row) => String(row[0])),
    given,
  )) {
    await connection.query(renamed(statements.get(table) ?? '', table, given[table]));
    created.push(given[table]?.table ?? table);
  }
  return created;
}

/** Those of the five tables that are none of these. */
export function missingIn(there: readonly string[], given: GivenTables): Table[] {
  const found = new Map(there.map((name) => [name, []]));
  return TABLES.filter((table) => tableIn(found, table, given[table]) === undefined).sort();
}

/** A statement of chat.sql for a table, and columns, with other names. */
function renamed(statement: string, table: Table, given: GivenNames = {}): string {
  const [before, columns = ''] = statement.split(/(?<=EXISTS `\w+`)/);
  const head = before?.replace(/`\w+`$/, quoted(given.table ?? table));
  return head + columns.replace(/`(\w+)`/g, (_, column) => quoted(given.columns?.[column] ?? column));
}
