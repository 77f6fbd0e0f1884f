import type { Database } from './database.js';
import type { Row } from './link.js';
import { LOCK } from './states.js';
import { textOf } from './text.js';
import { withList } from './together.js';

/** The columns of chat.sql, with any types and keys (PROTOCOL.md section 7). */
const COLUMNS = {
  user: ['id', 'name', 'password', 'state'],
  friend: ['userid', 'friendid'],
  allgroup: ['id', 'groupname', 'groupdesc'],
  groupuser: ['groupid', 'userid', 'grouprole'],
  offlinemessage: ['userid', 'message'],
};

/** The bytes of a statement that stores one message, without its text; at least. */
const OVERHEAD = 100;

export interface Schema {
  /** How many characters a stored message may have. */
  readonly messageLimit: number;
  /** Whether accounts can be locked by their key, passing over those that others have locked: MariaDB 10.6, MySQL 8. */
  readonly canLock: boolean;
}

/** Looks whether the tables of chat.sql are there. Rejects with an error that says what is missing. */
export async function inspect(db: Database): Promise<Schema> {
  const { rows } = await db.ask(
    `select ${db.bytes('table_name')} as tab, ${db.bytes('column_name')} as col,
     character_maximum_length as length from information_schema.columns where table_schema = database()`,
    [],
  );
  for (const [table, columns] of Object.entries(COLUMNS)) {
    const found = rows.filter((row) => textOf(row.tab) === table).map((row) => textOf(row.col).toLowerCase());
    if (found.length === 0) throw new Error(`it has no table ${table}`);
    const missing = columns.find((column) => !found.includes(column));
    if (missing !== undefined) throw new Error(`its table ${table} has no column ${missing}`);
  }
  // What is longer than a statement can be is split.
  const canLock = await db.ask(withList(LOCK, [0])).then(
    () => true,
    () => false,
  );
  return { canLock, messageLimit: Math.min(messageLimit(rows), Math.floor(db.mostBytes) - OVERHEAD) };
}

function messageLimit(rows: readonly Row[]): number {
  const isMessage = ({ tab, col }: Row) =>
    `${textOf(tab)}.${textOf(col).toLowerCase()}` === 'offlinemessage.message';
  const limit = Number(rows.find(isMessage)?.length ?? 0);
  if (limit === 0) throw new Error('its column offlinemessage.message holds no text');
  return limit;
}
