import { StoreUnavailable } from '../store.js';
import type { GivenTables } from '../tables.js';
import type { Database } from './database.js';
import { isWrong } from './failure.js';
import { type AllNames, type FoundColumn, foundIn, namesIn, quoted } from './names.js';
import { locking } from './states.js';
import { textOf } from './text.js';

/** The bytes of a statement that stores one message, without its text; at least. */
const OVERHEAD = 300;

export interface Schema {
  /** How many characters a stored message may have. */
  readonly messageLimit: number;
  /** Whether accounts can be locked by their key, passing over those that others have locked: MariaDB 10.6, MySQL 8. */
  readonly canLock: boolean;
}

interface Column extends FoundColumn {
  readonly length: number;
}

/**
 * Finds the tables of chat.sql, with any types and keys (PROTOCOL.md section 7), and from then on `db` calls them as
 * they are called here. Rejects with an error that says what is missing.
 */
export async function inspect(db: Database, given?: GivenTables): Promise<Schema> {
  const columns = await read(db);
  db.names = namesIn(foundIn(columns), given);
  const canLock = await db.ask(locking(db, [0])).then(() => true, isNotUnderstood);
  // A message that is longer than a statement can be is split.
  const messageLimit = Math.min(limitOf(columns, db.names), Math.floor(db.mostBytes) - OVERHEAD);
  return { canLock, messageLimit };
}

/** False for a statement that the server does not understand; throws what else it is. */
function isNotUnderstood(error: unknown): false {
  if (!isWrong(error instanceof StoreUnavailable ? error.cause : error)) throw error;
  return false;
}

async function read(db: Database): Promise<Column[]> {
  const { rows } = await db.ask(
    `select ${db.bytes('table_name')} as tab, ${db.bytes('column_name')} as col,
     character_maximum_length as length from information_schema.columns where table_schema = database()
     order by table_name, ordinal_position`,
    [],
  );
  return rows.map(({ tab, col, length }) => ({
    table: textOf(tab),
    column: textOf(col),
    length: Number(length ?? 0),
  }));
}

function limitOf(columns: readonly Column[], { offlinemessage }: AllNames): number {
  const isMessage = ({ table, column }: Column) =>
    quoted(table) === offlinemessage.table && quoted(column) === offlinemessage.message;
  const found = columns.find(isMessage);
  if (!found?.length) throw new Error(`its column ${found?.table}.${found?.column} holds no text`);
  return found.length;
}
