import { PAGE_BYTES, type Refusal, type StoredMessage } from '../store.js';
import type { EmbeddedDatabase } from './database.js';

/** Stored messages, in the table `offlinemessage`. */
export function offline(db: EmbeddedDatabase) {
  const insert = db.prepare('INSERT INTO offlinemessage (userid, message) VALUES (?, ?)');
  const byUser = db.prepare('SELECT message FROM offlinemessage WHERE userid = ? ORDER BY rowid');
  const page = db.prepare(
    `SELECT message FROM (
       SELECT rowid AS place, message, sum(length(CAST(message AS BLOB))) OVER (ORDER BY rowid) - length(CAST(message AS BLOB)) AS before
       FROM (SELECT rowid, message FROM offlinemessage WHERE userid = ? ORDER BY rowid LIMIT ?)
     ) WHERE before < ${PAGE_BYTES} ORDER BY place`,
  );
  const removeOldest = db.prepare(
    'DELETE FROM offlinemessage WHERE rowid = (SELECT rowid FROM offlinemessage WHERE userid = ? AND message = ? ORDER BY rowid LIMIT 1)',
  );
  return {
    storeMessages: (messages: readonly StoredMessage[]): readonly Refusal[] => {
      for (const { userid, message } of messages) insert.run(userid, message.toString());
      return [];
    },
    storedMessages: (userid: number, most?: number): readonly string[] =>
      (most === undefined ? byUser.all(userid) : page.all(userid, most)).map((row) => String(row.message)),
    removeMessages: (userid: number, messages: readonly string[]): void => {
      for (const message of messages) removeOldest.run(userid, message);
    },
  };
}
