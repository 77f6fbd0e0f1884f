import type { FiledMessage, MessageFile } from '../message-file.js';
import { EmbeddedDatabase, type Row } from './database.js';

const SCHEMA =
  'CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, userid INTEGER NOT NULL, bytes BLOB NOT NULL)';

/**
 * Opens a file of messages (`--spool`), and makes it when it is not there. Throws FileInUse when another process has
 * it, or an Error with one clear line when it cannot be used.
 */
export function openMessageFile(path: string): MessageFile {
  // A lock of another program is not waited for: the thread that serves clients would stand still. It is tried again.
  const db = EmbeddedDatabase.alone({ file: path, schema: SCHEMA, patience: 0 });
  const insert = db.prepare('INSERT INTO message VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM message WHERE number = ?');
  const above = db.prepare('SELECT * FROM message WHERE number > ? ORDER BY number LIMIT ?');
  let count = ask(db, 'count(*)');
  return {
    path,
    get last() {
      return ask(db, 'max(number)');
    },
    get count() {
      return count;
    },
    change: (added, removed) => {
      count += db.transaction(() => {
        let more = 0;
        for (const { number, userid, bytes } of added) more += insert.run(number, userid, bytes).changes;
        for (const number of removed) more -= remove.run(number).changes;
        return more;
      });
    },
    after: (number, most) => above.all(number, most).map(toMessage),
    close: () => db.close(),
  };
}

function ask(db: EmbeddedDatabase, what: string): number {
  return Number(db.prepare(`SELECT ${what} AS answer FROM message`).all()[0]?.answer ?? 0);
}

function toMessage({ number, userid, bytes }: Row): FiledMessage {
  // That is what the driver makes of a BLOB.
  return { number: Number(number), userid: Number(userid), bytes: Buffer.from(bytes as ArrayBuffer) };
}
