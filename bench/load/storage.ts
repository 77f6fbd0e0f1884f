import Sqlite from 'libsql';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** The database of a server under load, from beside it. */
export interface Storage {
  /** Runs a statement that MariaDB and SQLite read alike. */
  run(sql: string): Promise<void>;
  /** How many messages are stored. */
  stored(): Promise<number>;
  /** How many users are online. */
  online(): Promise<number>;
  close(): Promise<void>;
}

const COUNT = 'select count(*) as n from offlinemessage';
const ONLINE = "select count(*) as n from user where state = 'online'";

export async function mysqlStorage(url: string): Promise<Storage> {
  const connection = await createConnection(url);
  return {
    run: async (sql) => {
      await connection.query(sql);
    },
    stored: async () => Number((await connection.query<RowDataPacket[]>(COUNT))[0][0]?.n),
    online: async () => Number((await connection.query<RowDataPacket[]>(ONLINE))[0][0]?.n),
    close: () => connection.end(),
  };
}

export function embeddedStorage(file: string): Storage {
  const sqlite = new Sqlite(file, { timeout: 5000 });
  return {
    run: async (sql) => {
      sqlite.exec(sql);
    },
    stored: async () => Number((sqlite.prepare(COUNT).get() as { n: number }).n),
    online: async () => Number((sqlite.prepare(ONLINE).get() as { n: number }).n),
    close: async () => {
      sqlite.close();
    },
  };
}
