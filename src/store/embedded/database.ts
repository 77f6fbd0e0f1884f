import Database from 'libsql';
import { StoreUnavailable } from '../store.js';
import { guardFile, realPath } from './file.js';
import { SCHEMA } from './schema.js';
import { whyNot } from './why-not.js';

export type Value = string | number | null | Buffer;
export type Row = Record<string, unknown>;

/** A prepared statement; what SQLite refuses comes as an SqlRefused, a full or failing disk as StoreUnavailable. */
export interface Statement {
  run(...values: Value[]): { changes: number; lastInsertRowid: number };
  all(...values: Value[]): Row[];
}

/** A constraint of the schema refuses the change: a name that is taken, a text that is too long. */
export class SqlRefused extends Error {}

/** Another process has the file. */
export class FileInUse extends Error {}

/** An open SQLite file, locked against a second server. */
export interface EmbeddedDatabase {
  prepare(sql: string): Statement;
  /** Runs the work as one transaction: all of it or nothing. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the file, and makes it and its tables when they are not there. `:memory:` is a database of its own.
 * A file that is `shared` with another process of the same server is locked by that one.
 * Throws FileInUse when another server has it, or an Error with one clear line when it cannot be used.
 */
export function openDatabase(file: string, shared: boolean, schema = SCHEMA): EmbeddedDatabase {
  const inMemory = file === ':memory:';
  const lock = shared || inMemory ? undefined : takeLock(file);
  const db = openFile(file, schema);
  const isThere = inMemory ? () => {} : guardFile(file);
  let isOpen = true;
  const beforeChange = () => {
    // The driver ends the process when a closed database is asked for its transaction.
    if (isOpen && !db.inTransaction) isThere();
  };
  const statements = {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
  };
  return {
    prepare: (sql) => wrap(db.prepare(sql), beforeChange),
    transaction: (work) => {
      isThere();
      return transaction(statements, work);
    },
    close: () => {
      isOpen = false;
      checkpoint(db);
      db.close();
      lock?.close();
    },
  };
}

/**
 * Held by a lock on a file of its own until the process ends, however it ends; the data stay readable for tools.
 * It stands beside the file itself, not beside a link to it.
 */
function takeLock(file: string): Database.Database {
  const lock = open(`${realPath(file)}-lock`);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    throw new FileInUse(`${file} is in use by another chat-server`);
  }
  return lock;
}

function openFile(file: string, schema: string): Database.Database {
  const db = open(file);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
    db.exec(schema);
  } catch (error) {
    throw new Error(`${file} cannot be used: ${text(error)}`);
  }
  return db;
}

function open(file: string): Database.Database {
  try {
    return new Database(file);
  } catch (error) {
    throw new Error(`${file} cannot be opened: ${whyNot(file) ?? text(error)}`);
  }
}

/** Brings everything into the one file, so that a copy of it alone has all. */
function checkpoint(db: Database.Database): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Another process still reads: the last one that closes does it.
  }
}

function wrap(statement: Database.Statement, beforeChange: () => void): Statement {
  return {
    run: (...values) => {
      beforeChange();
      const { changes, lastInsertRowid } = guard(() => statement.run(...values));
      return { changes, lastInsertRowid: Number(lastInsertRowid) };
    },
    all: (...values) => guard(() => statement.all(...values) as Row[]),
  };
}

function transaction<T>(
  statements: Record<'begin' | 'commit' | 'rollback', Database.Statement>,
  work: () => T,
): T {
  guard(() => statements.begin.run());
  try {
    const result = work();
    guard(() => statements.commit.run());
    return result;
  } catch (error) {
    try {
      statements.rollback.run();
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    throw code.startsWith('SQLITE_CONSTRAINT')
      ? new SqlRefused(text(error))
      : new StoreUnavailable(text(error));
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
