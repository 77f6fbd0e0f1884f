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
  /** A statement that is run outside a transaction is one by itself. */
  prepare(sql: string): Statement;
  /** Runs the work as one transaction: all of it or nothing. What it returns is committed. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** How long another program that has locked the file is waited for, in ms. */
const PATIENCE = 5000;

/**
 * Opens the file, and makes it and its tables when they are not there. `:memory:` is a database of its own.
 * A file that is `shared` with another process of the same server is locked by that one.
 * Throws FileInUse when another server has it, or an Error with one clear line when it cannot be used.
 */
export function openDatabase(file: string, shared: boolean, schema = SCHEMA): EmbeddedDatabase {
  const inMemory = file === ':memory:';
  const lock = shared || inMemory ? undefined : takeLock(file);
  try {
    return new SqliteFile(file, schema, lock);
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/**
 * The file through one handle at a time. The driver leaves a statement in progress when it finds the file locked, and
 * then nothing can be committed any more: so all locks are taken by `exec`, which leaves nothing behind, before any
 * prepared statement runs, and a handle that has had an unknown error is never used again.
 */
class SqliteFile implements EmbeddedDatabase {
  private readonly file: string;
  private readonly lock: Database.Database | undefined;
  private readonly isThere: () => void;
  private readonly inMemory: boolean;
  private handle: Database.Database | undefined;
  private inside = false;
  private closed = false;

  constructor(file: string, schema: string, lock: Database.Database | undefined) {
    this.file = file;
    this.lock = lock;
    this.inMemory = file === ':memory:';
    this.handle = openFile(file, schema);
    this.isThere = this.inMemory ? () => {} : guardFile(file);
  }

  prepare(sql: string): Statement {
    let own: { handle: Database.Database; statement: Database.Statement } | undefined;
    const statement = () => {
      const handle = this.current();
      if (own?.handle !== handle) own = { handle, statement: handle.prepare(sql) };
      return own.statement;
    };
    return {
      run: (...values) =>
        this.transaction(() => {
          const { changes, lastInsertRowid } = guard(() => statement().run(...values));
          return { changes, lastInsertRowid: Number(lastInsertRowid) };
        }),
      all: (...values) => this.within(READ, () => guard(() => statement().all(...values) as Row[])),
    };
  }

  transaction<T>(work: () => T): T {
    return this.within(CHANGE, work);
  }

  close(): void {
    this.closed = true;
    if (this.handle !== undefined) {
      checkpoint(this.handle);
      this.handle.close();
    }
    this.lock?.close();
  }

  /** Runs the work in a transaction that is begun by `begin`, unless there is one already. */
  private within<T>(begin: string, work: () => T): T {
    if (this.inside) return work();
    if (begin === CHANGE) this.isThere();
    const handle = this.current();
    this.inside = true;
    try {
      guard(() => handle.exec(begin));
      const result = work();
      guard(() => handle.exec('COMMIT'));
      return result;
    } catch (error) {
      if (!rollBack(handle) || !isKnown(error)) this.discard(handle);
      throw error;
    } finally {
      this.inside = false;
    }
  }

  private current(): Database.Database {
    // The driver ends the process when a closed database is asked for its transaction.
    if (this.closed) throw new StoreUnavailable(`${this.file} is closed`);
    this.handle ??= guard(() => reopen(this.file));
    return this.handle;
  }

  /** What is in memory is gone with its handle: that one stays. */
  private discard(handle: Database.Database): void {
    if (this.inMemory || this.handle !== handle) return;
    this.handle = undefined;
    handle.close();
  }
}

const CHANGE = 'BEGIN IMMEDIATE';
/** Takes the lock for reading at once, so that no prepared statement is the one that finds the file locked. */
const READ = 'BEGIN; SELECT 1 FROM sqlite_master LIMIT 1';

/** Whether nothing is left of a transaction, if there was one. */
function rollBack(handle: Database.Database): boolean {
  try {
    // SQLite has rolled back by itself when the disk is full.
    if (handle.inTransaction) handle.exec('ROLLBACK');
    return !handle.inTransaction;
  } catch {
    return false;
  }
}

/** A refused row, and a file that somebody else has locked, leave the handle as it was. */
function isKnown(error: unknown): boolean {
  return error instanceof SqlRefused || (error instanceof SqlFailed && error.code === 'SQLITE_BUSY');
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
    setUp(db);
    db.exec(schema);
  } catch (error) {
    throw new Error(`${file} cannot be used: ${text(error)}`);
  }
  return db;
}

function reopen(file: string): Database.Database {
  const db = open(file);
  setUp(db);
  return db;
}

function setUp(db: Database.Database): void {
  db.exec(`PRAGMA busy_timeout = ${PATIENCE}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`);
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

/** SQLite cannot do what it is told, for no fault of what is in a row. */
class SqlFailed extends StoreUnavailable {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlRefused || error instanceof StoreUnavailable) throw error;
    const code = String((error as { code?: unknown }).code);
    throw code.startsWith('SQLITE_CONSTRAINT')
      ? new SqlRefused(text(error))
      : new SqlFailed(text(error), code);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
