import { chunks } from '../store/mysql/chunks.js';
import { Database } from '../store/mysql/database.js';
import { isRefusal, reason } from '../store/mysql/failure.js';
import { nameOf } from '../store/mysql/joiner.js';
import type { Ask, Row as Cells, Value } from '../store/mysql/link.js';
import { preparer } from '../store/mysql/prepare.js';
import { inspect } from '../store/mysql/schema.js';
import { type Charset, textOf } from '../store/mysql/text.js';
import { COLUMNS, type GivenTables, mapTables, TABLES, type Table } from '../store/tables.js';
import { counted } from '../text/counted.js';
import { LEFT_TABLES } from './left.js';
import { type Cell, type Found, type Row, type Rows, refuseFull } from './rows.js';

/** For one statement, in ms: it may read a whole table. */
const PATIENCE = 600_000;

/** Where the rows are, and how texts stand there. */
export interface MysqlPlace {
  readonly url: string;
  /** For messages: without user and password. */
  readonly where: string;
  readonly charset: Charset;
  readonly tables: GivenTables;
  /** The command that sets everybody offline. */
  readonly fixing: string;
}

/** Reads all of a MySQL database, at one moment. Rejects, in one line, when somebody is online there. */
export async function readMysql(place: MysqlPlace): Promise<Found> {
  return await using(place, async (db) => {
    const read = new Map<Table, readonly Row[]>();
    let left: readonly string[] = [];
    await db.transaction(async (ask) => {
      for (const table of TABLES) read.set(table, await readTable(db, ask, table));
      left = await findLeft(ask);
      return true;
    });
    const rows = mapTables((table) => read.get(table) ?? []);
    const online = rows.user.filter(([, , , state]) => state === 'online').length;
    if (online === 0) return { rows, left };
    throw new Error(
      `${counted(online, 'user is', 'users are')} online in ${place.where}: stop its servers; who is online all the same is set offline ` +
        `by ${place.fixing}`,
    );
  });
}

/**
 * Writes everything into the tables of a MySQL database: all or nothing. Rejects, in one line, when they are not
 * empty, or do not take a row.
 */
export async function writeMysql(place: MysqlPlace, rows: Rows): Promise<void> {
  await using(place, async (db, messageLimit) => {
    const fitting = { ...rows, offlinemessage: await split(rows.offlinemessage, messageLimit) };
    await db.transaction(async (ask) => {
      const full: Table[] = [];
      for (const table of TABLES) {
        const { rows: found } = await ask(`select 1 from ${db.names[table].table} limit 1`);
        if (found.length > 0) full.push(table);
      }
      refuseFull(place.where, full);
      for (const table of TABLES) await insertAll(db, ask, table, fitting[table]);
      return true;
    });
  });
}

async function using<T>(
  place: MysqlPlace,
  work: (db: Database, messageLimit: number) => Promise<T>,
): Promise<T> {
  const { url, charset, tables } = place;
  const db = Database.open({ url, charset, size: 1, patience: PATIENCE });
  try {
    const { messageLimit } = await inspect(db, tables);
    return await work(db, messageLimit);
  } finally {
    await db.close();
  }
}

/** Columns with the texts that `Database.nameFor` is for. */
const NAMES = ['name', 'groupname', 'groupdesc'];

function isText(column: string): boolean {
  return !column.endsWith('id');
}

async function readTable(db: Database, ask: Ask, table: Table): Promise<Row[]> {
  const names: Readonly<Record<string, string>> = db.names[table];
  const columns: readonly string[] = COLUMNS[table];
  const selected = columns.map((column) => {
    const own = names[column] ?? '';
    return `${isText(column) ? db.bytes(own) : own} as ${column}`;
  });
  const { rows } = await ask(`select ${selected.join(', ')} from ${names.table}`);
  return rows.map((row) => columns.map((column) => cellOf(column, row)));
}

function cellOf(column: string, row: Cells): Cell {
  const value = row[column];
  if (value === null) return null;
  if (!isText(column)) return Number(value);
  return NAMES.includes(column) ? nameOf(value) : textOf(value);
}

/** The tables that are not moved and have rows. */
async function findLeft(ask: Ask): Promise<string[]> {
  const names = LEFT_TABLES.map((table) => `'${table}'`).join(', ');
  const { rows } = await ask(
    `select cast(table_name as binary) as name from information_schema.tables where table_schema = database() and table_name in (${names})`,
  );
  const there = rows.map(({ name }) => textOf(name).toLowerCase());
  const left: string[] = [];
  for (const table of LEFT_TABLES) {
    if (!there.includes(table)) continue;
    if ((await ask(`select 1 from ${table} limit 1`)).rows.length > 0) left.push(table);
  }
  return left;
}

/** Stored messages as rows that the column can hold (DIFFERENCES 6, 7). */
async function split(rows: readonly Row[], limit: number): Promise<Row[]> {
  const messages = rows.map(([userid, message]) => ({ userid: Number(userid), message: String(message) }));
  const { rows: parts, refusals } = await preparer(limit)(messages);
  const [refused] = refusals;
  if (refused !== undefined) {
    const { userid } = messages[refused.index] ?? {};
    throw new Error(`a stored message for user ${userid} does not fit: ${reason(refused.reason)}`);
  }
  return parts.map(({ userid, text }) => [userid, text]);
}

async function insertAll(db: Database, ask: Ask, table: Table, rows: readonly Row[]): Promise<void> {
  const sizeOf = (row: Row) => row.reduce<number>((sum, cell) => sum + 3 * String(cell).length, 0);
  for (const part of chunks(rows, db.mostBytes, sizeOf)) {
    try {
      await insert(db, ask, table, part);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await insertOneByOne(db, ask, table, part);
    }
  }
}

/** Rejects with the fault of the first row that is refused. */
async function insertOneByOne(db: Database, ask: Ask, table: Table, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    await insert(db, ask, table, [row]).catch((error) => {
      throw isRefusal(error)
        ? new Error(`the row ${row[0]} of ${table} does not fit: ${reason(error)}`)
        : error;
    });
  }
}

async function insert(db: Database, ask: Ask, table: Table, rows: readonly Row[]): Promise<void> {
  const names: Readonly<Record<string, string>> = db.names[table];
  const columns: readonly string[] = COLUMNS[table];
  const marks = rows.map((row) => `(${row.map((cell) => (cell === null ? 'null' : '?')).join(', ')})`);
  const values = rows.flatMap((row) => columns.flatMap((column, i) => valuesFor(db, column, row[i] ?? null)));
  const into = `${names.table} (${columns.map((column) => names[column]).join(', ')})`;
  await ask(`insert into ${into} values ${marks.join(', ')}`, values);
}

function valuesFor(db: Database, column: string, cell: Cell): Value[] {
  if (cell === null) return [];
  return [typeof cell === 'string' && NAMES.includes(column) ? db.nameFor(cell) : cell];
}
