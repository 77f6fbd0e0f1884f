import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { packageText } from './package.js';

/** The statements of chat.sql that make its tables, by the name of the table. */
export function tableStatements(): Map<string, string> {
  const statements = packageText('chat.sql').matchAll(/^CREATE TABLE IF NOT EXISTS `(\w+)`[^;]*/gm);
  return new Map([...statements].map(([statement, table]) => [table ?? '', statement]));
}

/**
 * Creates the database that the URL names, and the tables of chat.sql, where they are missing. Returns the
 * names of what it created. Rejects, in one line, when the server cannot be reached or does not allow it.
 */
export async function createTables(url: string): Promise<string[]> {
  const { host, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  try {
    const connection = await connect(url);
    try {
      return [...(await enter(connection, database)), ...(await createMissing(connection))];
    } finally {
      await connection.end();
    }
  } catch (error) {
    throw new Error(`cannot make the tables in ${host}${pathname}: ${reason(error)}`, { cause: error });
  }
}

/** Connects to the server: the database may not be there yet. */
function connect(url: string): Promise<Connection> {
  const server = new URL(url);
  server.pathname = '';
  return createConnection(server.href);
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

function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
