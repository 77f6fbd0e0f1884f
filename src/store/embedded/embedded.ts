import type { Store } from '../store.js';
import { openDatabase } from './database.js';
import { friends } from './friends.js';
import { groups } from './groups.js';
import { offline } from './offline.js';
import { users } from './users.js';

/**
 * A store in one SQLite file, for a server that runs alone. The data survive a kill -9. Nobody is online
 * when it is opened. Throws an Error with one clear line when the file is in use or cannot be used.
 *
 * @param file path of the database file, or `:memory:`
 */
export function openEmbedded(file: string): Store {
  const db = openDatabase(file);
  db.prepare("UPDATE user SET state = 'offline' WHERE state = 'online'").run();
  return {
    ...users(db),
    ...friends(db),
    ...groups(db),
    ...offline(db),
    // No other node can be at it.
    exclusively: async (_id, work) => work(),
    close: async () => db.close(),
  };
}
