import { readFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import type { Renamed } from '../../src/compat/tables/mysql.js';

/** The tables of chat.sql, without the statement that makes and enters the database `chat`. */
function originalTables(): string {
  return readFileSync('chat.sql', 'utf8').replace(/^CREATE DATABASE .*$/m, '');
}

export type { Renamed };

/** The tables of chat.sql with other names. */
export function renamedTables(names: Renamed): string {
  return originalTables().replace(/`(\w+)`/g, (_, name) => `\`${names[name] ?? name}\``);
}

/**
 * Creates a database on a MySQL server, dropping one of that name first.
 * `tables` are its statements, separated by `;`: those of chat.sql unless given.
 */
export async function createSchema(url: string, name: string, tables = originalTables()): Promise<void> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    await connection.query(
      `drop database if exists \`${name}\`; create database \`${name}\`; use \`${name}\``,
    );
    await connection.query(tables);
  } finally {
    await connection.end();
  }
}
