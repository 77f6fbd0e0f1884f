import { EmbeddedDatabase } from '../store/embedded/database.js';
import { COLUMNS, mapTables, TABLES, type Table } from '../store/tables.js';
import { LEFT_TABLES } from './left.js';
import { type Cell, type Found, type Row, type Rows, refuseFull } from './rows.js';

/** Reads all of an embedded database. Throws an Error with one line when a server has it, or it cannot be used. */
export function readEmbedded(file: string): Found {
  return using(file, (db) => {
    const rows = mapTables((table) => {
      const all = db.prepare(`SELECT ${COLUMNS[table].join(', ')} FROM ${table} ORDER BY rowid`).all();
      return all.map((row): Row => COLUMNS[table].map((column) => row[column] as Cell));
    });
    const isThere = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
    const left = LEFT_TABLES.filter((table) => isThere.all(table).length > 0 && hasRows(db, table));
    return { rows, left };
  });
}

function hasRows(db: EmbeddedDatabase, table: string): boolean {
  return db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).all().length > 0;
}

/**
 * Writes everything into an embedded database, which is made when it is not there: all or nothing. Throws an Error
 * with one line when it is not empty, or does not take a row.
 */
export function writeEmbedded(file: string, rows: Rows): void {
  using(file, (db) =>
    db.transaction(() => {
      refuseFull(
        file,
        TABLES.filter((table) => hasRows(db, table)),
      );
      for (const table of TABLES) insertAll(db, table, rows[table]);
    }),
  );
}

function insertAll(db: EmbeddedDatabase, table: Table, rows: readonly Row[]): void {
  const columns = COLUMNS[table];
  const insert = db.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  for (const row of rows) {
    try {
      insert.run(...row);
    } catch (error) {
      throw new Error(`the row ${row[0]} of ${table} does not fit: ${(error as Error).message}`);
    }
  }
}

function using<T>(file: string, work: (db: EmbeddedDatabase) => T): T {
  const db = EmbeddedDatabase.alone({ file });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
