import type { Connection, RowDataPacket } from 'mysql2/promise';
import { packageText } from '../ops/package.js';
import { onConnection } from './connection.js';

/** The statements of chat.sql that make its tables, by the name of the table. */
export function tableStatements(): Map<string, string> {
  const statements = packageText('chat.sql').matchAll(/^CREATE TABLE IF NOT EXISTS `(\w+)`[^;]*/gm);
  return new Map([...statements].map(([statement, table]) => [table ?? '', statement]));
}

/**
 * Creates the database that the URL names, and the tables of chat.sql, where they are missing. Returns the
 * names of what it created. Rejects with the driver's error when the server does not allow it.
 */
export function createTables(url: string): Promise<string[]> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  return onConnection(
    url,
    async (connection) => [...(await enter(connection, database)), ...(await createMissing(connection))],
    false,
  );
}

/** The tables of chat.sql that a database does not have; all of them when there is no such database. */
export async function missingTables(url: string): Promise<string[]> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  const sql = 'select table_name as name from information_schema.tables where table_schema = ?';
  const [rows] = await onConnection(
    url,
    (connection) => connection.query<RowDataPacket[]>(sql, [database]),
    false,
  );
  const there = new Set(rows.map(({ name }) => String(name)));
  return [...tableStatements().keys()].filter((table) => !there.has(table));
}

async function enter(connection: Connection, database: string): Promise<string[]> {
  const name = `\`${database.replaceAll('`', '``')}\``;
  const [found] = await connection.query<RowDataPacket[]>('show databases where `Database` = ?', [database]);
  if (found.length === 0) await connection.query(`create database if not exists ${name}`);
  await connection.query(`use ${name}`);
  return found.length === 0 ? [`the database ${database}`] : [];
}

async function createMissing(connection: Connection): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql: 'show tables', rowsAsArray: true });
  const there = new Set(rows.map((row) => String(row[0])));
  const created: string[] = [];
  for (const [table, statement] of tableStatements()) {
    if (there.has(table)) continue;
    await connection.query(statement);
    created.push(table);
  }
  return created;
}
