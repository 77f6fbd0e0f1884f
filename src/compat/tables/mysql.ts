import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { Database } from './database.js';
import { TABLES } from './tables.js';

/** The names of tables and columns, by their names in chat.sql. */
export type Renamed = Readonly<Record<string, string>>;

/**
 * Opens a database on MariaDB or MySQL by its URL. Text is written and read as the stored bytes.
 *
 * @param names what tables and columns are called instead
 */
export async function openMysql(url: string, names: Renamed = {}): Promise<Database> {
  const own = (sql: string) => inNames(sql, names);
  const connection = await createConnection(url);
  return new Database({
    rows: async (sql) => (await connection.query<RowDataPacket[]>(own(sql)))[0],
    refill: async (inserts) => {
      for (const table of TABLES) await renew(connection, names[table] ?? table);
      await connection.beginTransaction();
      for (const { sql, values } of inserts) await connection.query(own(sql), [...values]);
      await connection.commit();
    },
    close: () => connection.end(),
  });
}

/** Statements with other names for tables and columns; what their results are called stays. */
function inNames(sql: string, names: Renamed): string {
  return sql.replace(/(?<!as )\b[a-z]+\b/g, (word) => names[word] ?? word);
}

/** Puts a new table in the place of one: the statistics of an old one would change the order of rows. */
async function renew(connection: Connection, table: string): Promise<void> {
  await connection.query(`create table renewed like \`${table}\``);
  await connection.query(`drop table \`${table}\``);
  await connection.query(`rename table renewed to \`${table}\``);
}
