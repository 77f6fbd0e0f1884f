import type { Store } from '../store.js';
import { EmbeddedDatabase } from './database.js';
import { loginsHere } from './logins.js';
import { asStore, isRead, operations, run } from './operations.js';
import { ALL_OFFLINE } from './schema.js';

/** The most characters that a password may have. */
const PASSWORD = 50;

/**
 * A store in one SQLite file that this thread itself reads and writes: each call takes it for as long as the disk does.
 * For tools, and for tests that must know when a call is done; a server has `openThreaded`. Nobody is online when it is
 * opened. Throws an Error with one clear line when the file is in use or cannot be used.
 *
 * @param file path of the database file, or `:memory:`
 */
export function openEmbedded(file: string): Store {
  const db = EmbeddedDatabase.alone({ file });
  db.prepare(ALL_OFFLINE).run();
  const all = operations(db, PASSWORD);
  const ask = async (call: Parameters<typeof run>[1]) =>
    isRead(call.name) ? db.reading(() => run(all, call)) : db.transaction(() => run(all, call));
  return { ...asStore(ask), exclusively: loginsHere(), close: async () => db.close() };
}
