import type { Database } from './database.js';

/** The bytes of a user's messages. The table has no key: its own order is the one they came in. */
export async function readMessages(db: Database, userid: number): Promise<unknown[]> {
  const message = db.bytes('message');
  const { rows } = await db.ask(`select ${message} as message from offlinemessage where userid = ?`, [
    userid,
  ]);
  return rows.map((row) => row.message);
}
