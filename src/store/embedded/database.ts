import type Sqlite from 'libsql';
import { StoreUnavailable } from '../store.js';
import { checkIsSame, type Identity, identityOf, isSame, realPath } from './file.js';
import { checkpoint, type Handle, openHandle, rollBack } from './handle.js';
import { takeLock } from './lock.js';
import { SCHEMA } from './schema.js';
import { codeOf, FileLocked, isBusy, SqlRefused, text } from './sql-error.js';

export type Value = string | number | null | Buffer;
export type Row = Record<string, unknown>;

/** A prepared statement; what SQLite refuses comes as an SqlRefused, a full or failing disk as StoreUnavailable. */
export interface Statement {
  run(...values: Value[]): { changes: number; lastInsertRowid: number };
  all(...values: Value[]): Row[];
}

/** How a database is opened. */
export interface Opening {
  /** The path, or `:memory:` for a database of its own. */
  readonly file: string;
  readonly schema?: string;
  /** How long a lock of another program is waited for, in ms; the thread stands still meanwhile. */
  readonly patience?: number;
  /** The file that it must be; whichever there is unless given. */
  readonly identity?: Identity | undefined;
}

const PATIENCE = 5000;
const MOST_DISCARDED = 20;

/** Begins a transaction that changes something. */
const CHANGE = 'BEGIN IMMEDIATE';
/** The same for one that only reads: the lock is taken at once, so that no prepared statement finds the file locked. */
const READ = 'BEGIN; SELECT 1 FROM sqlite_master LIMIT 1';

/**
 * An open SQLite file, through one handle at a time. The driver leaves a prepared statement in progress that has found
 * the file locked, and then nothing can be committed any more. So all locks are taken by `exec`, which leaves nothing
 * behind, and a handle that has had an unknown error is never used again.
 */
export class EmbeddedDatabase {
  /** The identity of the file; undefined for a database in memory. */
  readonly identity: Identity | undefined;
  private readonly file: string;
  private readonly schema: string;
  private readonly patience: number;
  private handle: Handle | undefined;
  /** SQLite's journal of this handle: committed changes are in there first. */
  private journal: { readonly path: string; readonly identity: Identity } | undefined;
  private discarded = 0;
  private inside = false;
  private closed = false;
  private release = () => {};

  /**
   * Opens a file that no other server has, and may have while it is open. Throws FileInUse, and as the constructor
   * does.
   */
  static alone(opening: Opening): EmbeddedDatabase {
    const release = takeLock(opening.file);
    try {
      const db = new EmbeddedDatabase(opening);
      db.release = release;
      return db;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Opens the file, and makes it and its tables when they are not there. Throws FileLocked, or an Error with one clear
   * line when it cannot be used.
   */
  constructor({ file, schema = SCHEMA, patience = PATIENCE, identity }: Opening) {
    this.file = file;
    this.schema = schema;
    this.patience = patience;
    checkIsSame(file, identity);
    this.handle = this.open();
    this.identity = this.inMemory ? undefined : identityOf(file);
  }

  /** Whether the thread is to end: the driver keeps some memory of each handle that was thrown away. */
  get isWorn(): boolean {
    return this.discarded >= MOST_DISCARDED;
  }

  /** A statement that is run outside a transaction is one by itself. */
  prepare(sql: string): Statement {
    let own: { handle: Handle; statement: Sqlite.Statement } | undefined;
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
      all: (...values) => this.reading(() => guard(() => statement().all(...values) as Row[])),
    };
  }

  /**
   * Runs the work as one transaction, or as part of the one that it is in: all of it or nothing. When it returns, the
   * changes are committed. Throws FileLocked, or StoreUnavailable.
   */
  transaction<T>(work: () => T): T {
    return this.within(CHANGE, work);
  }

  /** The same for work that only reads: it does not wait for another program that has locked the file for a change. */
  reading<T>(work: () => T): T {
    return this.within(READ, work);
  }

  close(): void {
    this.closed = true;
    if (this.handle !== undefined) {
      checkpoint(this.handle);
      this.handle.close();
    }
    this.release();
  }

  private within<T>(begin: string, work: () => T): T {
    if (this.inside) return work();
    if (begin === CHANGE) this.checkFiles();
    const handle = this.current();
    this.begin(handle, begin);
    this.inside = true;
    try {
      const result = work();
      guard(() => handle.exec('COMMIT'));
      return result;
    } catch (error) {
      if (!rollBack(handle) || !isUnderstood(error)) this.discard(handle);
      throw error;
    } finally {
      this.inside = false;
    }
  }

  private checkFiles(): void {
    if (this.identity === undefined) return;
    checkIsSame(this.file, this.identity);
    const { handle, journal } = this;
    if (handle === undefined || journal === undefined) return;
    if (isSame(identityOf(journal.path), journal.identity)) return;
    // Changes in a journal without a name would be lost with this process.
    if (!checkpoint(handle)) throw new StoreUnavailable(`${journal.path} was deleted while it was in use`);
    this.discard(handle);
  }

  private begin(handle: Handle, sql: string): void {
    try {
      handle.exec(sql);
    } catch (error) {
      if (!rollBack(handle) || !isBusy(error)) this.discard(handle);
      throw isBusy(error) ? new FileLocked(this.file) : new StoreUnavailable(String(error), { cause: error });
    }
  }

  private current(): Handle {
    // The driver ends the process when a closed database is asked for its transaction.
    if (this.closed) throw new StoreUnavailable(`${this.file} is closed`);
    if (this.handle === undefined) {
      // Or else a new file would be made in the place of one that was deleted.
      checkIsSame(this.file, this.identity);
      this.handle = guard(() => this.open());
    }
    return this.handle;
  }

  private open(): Handle {
    const handle = openHandle(this.file, this.patience, this.schema);
    const path = `${realPath(this.file)}-wal`;
    const identity = this.inMemory ? undefined : identityOf(path);
    this.journal = identity && { path, identity };
    return handle;
  }

  /** A database in memory is gone with its handle: so the handle stays. */
  private discard(handle: Handle): void {
    if (this.inMemory || this.handle !== handle) return;
    this.handle = undefined;
    this.discarded++;
    handle.close();
  }

  private get inMemory(): boolean {
    return this.file === ':memory:';
  }
}

/** Runs the work. A statement that SQLite refuses comes as an SqlRefused, any other error there as StoreUnavailable. */
function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlRefused || error instanceof StoreUnavailable) throw error;
    throw codeOf(error).startsWith('SQLITE_CONSTRAINT')
      ? new SqlRefused(text(error))
      : new StoreUnavailable(text(error), { cause: error });
  }
}

/** Whether an error leaves the handle as it was: a refused row, a full disk, and what SQLite had no part in. */
function isUnderstood(error: unknown): boolean {
  return !(error instanceof StoreUnavailable) || codeOf(error.cause) === 'SQLITE_FULL';
}
