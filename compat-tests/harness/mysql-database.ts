import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Database } from './database.js';
import { TABLES } from './tables.js';

/** Opens a database on MariaDB or MySQL by its URL. Text is written and read as the stored bytes. */
export async function openMysql(url: string): Promise<Database> {
  const connection = await createConnection(url);
  return new Database({
    rows: async (sql) => (await connection.query<RowDataPacket[]>(sql))[0],
    refill: async (inserts) => {
      for (const table of TABLES) await connection.query(`truncate table \`${table}\``);
      await connection.beginTransaction();
      for (const { sql, values } of inserts) await connection.query(sql, [...values]);
      await connection.commit();
    },
    close: () => connection.end(),
  });
}
