import { isAscii } from '../split.js';
import { StoreUnavailable } from '../store.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import { isStatementLogged } from './failure.js';
import type { ReadAll } from './read.js';
import { textOf } from './text.js';

/** A text, and how many of its kind. */
type Counted = [text: string, count: number];

/** Deletes as many rows of each text as are given, and nothing that came later (DIFFERENCES 8). */
export async function removeMessages(
  db: Database,
  readAll: ReadAll,
  userid: number,
  messages: readonly string[],
): Promise<void> {
  const counts = new Map<string, number>();
  for (const text of messages) counts.set(text, (counts.get(text) ?? 0) + 1);
  const isPlain = ([text]: Counted) => isAscii(text);
  for (const some of chunks([...counts].filter(isPlain), db.mostBytes, ([text]) => text.length)) {
    if (!(await removeAtOnce(db, userid, some))) await removeEach(db, readAll, userid, new Map(some));
  }
  // Ours are all ASCII. Those of others may be stored as bytes that are not their UTF-8 (DIFFERENCES 15).
  const others = [...counts].filter((text) => !isPlain(text));
  if (others.length > 0) await removeEach(db, readAll, userid, new Map(others));
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
    const cause = error instanceof StoreUnavailable ? error.cause : error;
    if (isStatementLogged(cause)) return false;
    throw error;
  }
}

/** The same one text at a time: as many as given of what reads as this text. */
async function removeEach(
  db: Database,
  readAll: ReadAll,
  userid: number,
  left: Map<string, number>,
): Promise<void> {
  const isThis = `${db.bytes('message')} = ?`;
  for (const bytes of await readAll(userid)) {
    const text = textOf(bytes);
    const count = left.get(text) ?? 0;
    if (count === 0 || !Buffer.isBuffer(bytes)) continue;
    const sql = `delete from offlinemessage where userid = ? and ${isThis} limit ${count}`;
    const { affected } = await db.ask(sql, [userid, bytes]);
    left.set(text, count - affected);
  }
}
