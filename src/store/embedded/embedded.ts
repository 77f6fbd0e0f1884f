import type { Store } from '../store.js';
import { openDatabase } from './database.js';
import { friends } from './friends.js';
import { groups } from './groups.js';
import { logins, loginsHere } from './logins.js';
import { offline } from './offline.js';
import { users } from './users.js';

/**
 * A store in one SQLite file, for a server that runs alone. The data survive a kill -9. Nobody is online
 * when it is opened. Throws an Error with one clear line when the file is in use or cannot be used.
 *
 * @param file path of the database file, or `:memory:`
 * @param shared for a worker: another process of the same server has opened the file before
 * @param passwordLength the most characters that a password may have
 */
export function openEmbedded(file: string, shared = false, passwordLength = 50): Store {
  const db = openDatabase(file, shared);
  if (!shared) db.prepare("UPDATE user SET state = 'offline' WHERE state = 'online'").run();
  return {
    ...users(db, passwordLength),
    ...friends(db),
    ...groups(db),
    ...offline(db),
    exclusively: shared ? logins(file) : loginsHere(),
    close: async () => db.close(),
  };
}
