import { type Refusal, UnstorableMessage } from '../store.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import { isRefusal, numberOf } from './failure.js';
import type { Ask } from './link.js';
import type { Prepared, PreparedRow } from './prepare.js';

/**
 * Stores rows, in this order, all or none. Rows that the database refuses for their values are found,
 * and left out with the whole message that they are of.
 *
 * @returns the messages that were left out, in order, with those that were refused before
 */
export async function insertMessages(
  db: Database,
  { rows, refusals }: Prepared,
): Promise<readonly Refusal[]> {
  const refused = new Map(refusals.map((refusal) => [refusal.index, refusal.reason]));
  for (let left = rows; left.length > 0; ) {
    const found = await insertAll(db, left);
    if (found.size === 0) break;
    for (const [index, why] of found) refused.set(index, why);
    left = left.filter(({ index }) => !found.has(index));
  }
  return [...refused].sort(([a], [b]) => a - b).map(([index, why]) => ({ index, reason: why }));
}

type Found = ReadonlyMap<number, UnstorableMessage>;

/** Stores all, or finds which messages are refused and stores none. */
async function insertAll(db: Database, rows: readonly PreparedRow[]): Promise<Found> {
  const parts = chunks(rows, db.mostBytes, ({ text }) => text.length);
  if (parts.length === 1) {
    const isStored = await db.ask(...insertion(db, rows)).then(() => true, unlessFault);
    if (isStored) return new Map();
  }
  let found = new Map<number, UnstorableMessage>();
  await db.transaction(async (ask) => {
    found = new Map();
    for (const part of parts) await insert(db, ask, part, found);
    return found.size === 0;
  });
  return found;
}

/** A statement that is refused has changed nothing: its halves are tried, down to the rows at fault. */
async function insert(
  db: Database,
  ask: Ask,
  rows: readonly PreparedRow[],
  found: Map<number, UnstorableMessage>,
) {
  try {
    await ask(...insertion(db, rows));
  } catch (error) {
    unlessFault(error);
    const [first] = rows;
    if (rows.length === 1 && first) {
      found.set(first.index, new UnstorableMessage(`the database refuses it: error ${numberOf(error)}`));
      return;
    }
    const half = rows.length >> 1;
    await insert(db, ask, rows.slice(0, half), found);
    await insert(db, ask, rows.slice(half), found);
  }
}

function insertion(
  { names }: Database,
  rows: readonly PreparedRow[],
): [sql: string, values: (number | string)[]] {
  const { table, userid: user, message } = names.offlinemessage;
  return [
    `insert into ${table} (${user}, ${message}) values ${rows.map(() => '(?, ?)')}`,
    rows.flatMap(({ userid, text }) => [userid, text]),
  ];
}

/** False when rows were refused for their values; throws any other error. */
function unlessFault(error: unknown): false {
  if (!isRefusal(error)) throw error;
  return false;
}
