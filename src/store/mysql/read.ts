import type { Database } from './database.js';

/**
 * The bytes of a user's messages, all or the first `most`. The table has no key: its own order is the one they
 * came in.
 */
export async function readMessages(db: Database, userid: number, most?: number): Promise<unknown[]> {
  const select = `select ${db.bytes('message')} as message from offlinemessage where userid = ?`;
  const { rows } =
    most === undefined ? await db.ask(select, [userid]) : await db.ask(`${select} limit ?`, [userid, most]);
  return rows.map((row) => row.message);
}
