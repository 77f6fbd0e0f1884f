import Sqlite from 'libsql';
import { Database, type Insert } from './database.js';
import { TABLES } from './tables.js';

/** Opens the file of an embedded store, beside the server that uses it. */
export function openEmbedded(file: string): Database {
  const sqlite = new Sqlite(file, { timeout: 5000 });
  return new Database({
    rows: async (sql) => sqlite.prepare(sql).all() as Record<string, unknown>[],
    refill: async (inserts) => {
      sqlite.transaction(() => refill(sqlite, inserts)).immediate();
    },
    close: async () => {
      sqlite.close();
    },
  });
}

function refill(sqlite: Sqlite.Database, inserts: readonly Insert[]): void {
  for (const table of TABLES) sqlite.exec(`delete from \`${table}\``);
  const counters = sqlite.prepare("select name from sqlite_master where name = 'sqlite_sequence'").all();
  if (counters.length > 0) sqlite.exec('delete from sqlite_sequence');
  for (const { sql, values } of inserts) {
    sqlite.prepare(sql).run(values.map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : value)));
  }
}
