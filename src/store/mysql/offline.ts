import { isAscii, storable } from '../split.js';
import type { Store, StoredMessage } from '../store.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import { isRefusal } from './failure.js';
import type { Ask } from './link.js';
import { textOf } from './text.js';

type Offline = Pick<Store, 'storeMessages' | 'storedMessages' | 'removeMessages'>;

/** A text, and how many of its kind. */
type Counted = [text: string, count: number];

/** The stored messages, in a column of `limit` characters. */
export function offline(db: Database, limit: number): Offline {
  return {
    storeMessages: (messages) => store(db, limit, messages),
    storedMessages: async (userid) => (await read(db, userid)).map(textOf),
    removeMessages: (userid, messages) => remove(db, userid, messages),
  };
}

async function store(db: Database, limit: number, messages: readonly StoredMessage[]): Promise<void> {
  const rows = messages.flatMap(({ userid, message }) =>
    storable(message, limit).map((text) => ({ userid, text })),
  );
  const [first, ...more] = chunks(rows, ({ text }) => text.length);
  if (first === undefined) return;
  if (more.length === 0) return insert(db.ask, first);
  await db.transaction(async (ask) => {
    for (const some of [first, ...more]) await insert(ask, some);
    return true;
  });
}

async function insert(ask: Ask, rows: readonly { readonly userid: number; readonly text: string }[]) {
  await ask(
    `insert into offlinemessage (userid, message) values ${rows.map(() => '(?, ?)')}`,
    rows.flatMap(({ userid, text }) => [userid, text]),
  );
}

/** The bytes of a user's messages. The table has no key: its own order is the one they came in. */
async function read(db: Database, userid: number): Promise<unknown[]> {
  const message = db.bytes('message');
  const { rows } = await db.ask(`select ${message} as message from offlinemessage where userid = ?`, [
    userid,
  ]);
  return rows.map((row) => row.message);
}

/** Deletes as many rows of each text as are given, and nothing that came later (DIFFERENCES 8). */
async function remove(db: Database, userid: number, messages: readonly string[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const text of messages) counts.set(text, (counts.get(text) ?? 0) + 1);
  const isPlain = ([text]: Counted) => isAscii(text);
  for (const some of chunks([...counts].filter(isPlain), ([text]) => text.length)) {
    if (!(await removeAtOnce(db, userid, some))) await removeEach(db, userid, new Map(some));
  }
  // Ours are all ASCII. Those of others may be stored as bytes that are not their UTF-8 (DIFFERENCES 15).
  const others = [...counts].filter((text) => !isPlain(text));
  if (others.length > 0) await removeEach(db, userid, new Map(others));
}

/** Deletes all rows with these texts, if they are exactly as many as given. */
async function removeAtOnce(db: Database, userid: number, texts: readonly Counted[]): Promise<boolean> {
  const expected = texts.reduce((sum, [, count]) => sum + count, 0);
  const isOne = `${db.bytes('message')} in (${texts.map(() => '?')})`;
  const values = [userid, ...texts.map(([text]) => Buffer.from(text))];
  try {
    return await db.transaction(async (ask) => {
      const { affected } = await ask(`delete from offlinemessage where userid = ? and ${isOne}`, values);
      return affected === expected;
    }, 'read committed');
  } catch (error) {
    // A server that logs statements instead of rows takes no changes in such a transaction.
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** The same one text at a time: as many as given of what reads as this text. */
async function removeEach(db: Database, userid: number, left: Map<string, number>): Promise<void> {
  const isThis = `${db.bytes('message')} = ?`;
  for (const bytes of await read(db, userid)) {
    const text = textOf(bytes);
    const count = left.get(text) ?? 0;
    if (count === 0 || !Buffer.isBuffer(bytes)) continue;
    const sql = `delete from offlinemessage where userid = ? and ${isThis} limit ${count}`;
    const { affected } = await db.ask(sql, [userid, bytes]);
    left.set(text, count - affected);
  }
}
