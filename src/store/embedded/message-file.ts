import type { FiledMessage, MessageFile } from '../message-file.js';
import { EmbeddedDatabase, type Row } from './database.js';
import { FileInUse } from './lock.js';
import { FileLocked, text } from './sql-error.js';

const SCHEMA =
  'CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, userid INTEGER NOT NULL, bytes BLOB NOT NULL)';

/** So much is read at once, in bytes, but one message at least. */
const MOST_BYTES = 1 << 20;

/** What is no message of ours: a page of the file that was lost reads as rows of this kind. */
const WRONG = `number NOT BETWEEN 1 AND ${2 ** 52} OR typeof(userid) <> 'integer' OR abs(userid) > ${2 ** 31}
  OR typeof(bytes) <> 'blob'`;

/**
 * Opens a file of messages (`--spool`), and makes it when it is not there. Throws FileInUse when another process has
 * it, or an Error with one clear line when it cannot be used: a damaged file stays as it is, so that what is whole in it
 * can be rescued.
 */
export function openMessageFile(path: string): MessageFile {
  let db: EmbeddedDatabase | undefined;
  try {
    // A lock of another program is not waited for: the thread that serves clients would stand still. It is tried again.
    db = EmbeddedDatabase.alone({ file: path, schema: SCHEMA, patience: 0 });
    checkIsWhole(db);
    return messagesIn(db, path);
  } catch (error) {
    db?.close();
    if (error instanceof FileInUse || error instanceof FileLocked) throw error;
    throw new Error(why(path, text(error)));
  }
}

/** One line. SQLite says `malformed` of a page that cannot be. */
function why(path: string, reason: string): string {
  const line = reason.startsWith(path) ? reason : `${path} cannot be used: ${reason}`;
  return /damaged|malformed/.test(reason) ? `${line} (.recover of sqlite3 shows what is whole in it)` : line;
}

/** Reads all of it once: what is read later, when clients are served, can be read. Throws what is wrong. */
function checkIsWhole(db: EmbeddedDatabase): void {
  const [first] = db.prepare('PRAGMA quick_check(1)').all();
  const found = String(first?.quick_check);
  if (found !== 'ok') throw new Error(`it is damaged: ${found.split('\n').at(-1)}`);
  const wrong = Number(db.prepare(`SELECT count(*) AS wrong FROM message WHERE ${WRONG}`).all()[0]?.wrong);
  if (wrong > 0) throw new Error(`it is damaged: ${wrong} of its rows are no messages`);
}

function messagesIn(db: EmbeddedDatabase, path: string): MessageFile {
  const insert = db.prepare('INSERT INTO message VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM message WHERE number = ?');
  const above = db.prepare('SELECT * FROM message WHERE number > ? ORDER BY number LIMIT ?');
  const page = Math.max(1, Math.floor(MOST_BYTES / Math.max(1, ask(db, 'max(length(bytes))'))));
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
    after: (number, most) => above.all(number, most < 0 ? most : Math.min(most, page)).map(toMessage),
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
