import type { Database } from './database.js';
import { lookup } from './together.js';

/** Reads the bytes of all messages of a user. */
export type ReadAll = (userid: number) => Promise<unknown[]>;

/** The table has no key: its own order, for each user, is the one that messages came in. */
export function allMessages(db: Database): ReadAll {
  const message = `${db.bytes('message')} as message`;
  const rowsOf = lookup(db, 1, `select userid, ${message} from offlinemessage where`, 'userid');
  return async (userid) => (await rowsOf(userid)).map((row) => row.message);
}

/** The bytes of the first `most` of them. */
export async function firstMessages(db: Database, userid: number, most: number): Promise<unknown[]> {
  const select = `select ${db.bytes('message')} as message from offlinemessage where userid = ? limit ?`;
  const { rows } = await db.ask(select, [userid, most]);
  return rows.map((row) => row.message);
}
