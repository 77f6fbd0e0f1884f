import type { Store } from '../store.js';
import type { Database } from './database.js';
import { insertMessages } from './insert.js';
import { preparer } from './prepare.js';
import { pages } from './read.js';
import { removeMessages } from './remove.js';
import { textOf } from './text.js';

type Offline = Pick<Store, 'storeMessages' | 'storedMessages' | 'removeMessages'>;

/** How many connections store at once, and how many remove. */
const LANES = 2;

/** The stored messages, in a column of `limit` characters. */
export function offline(db: Database, limit: number): Offline {
  const prepare = preparer(limit);
  const read = pages(db);
  const stores = db.narrow(LANES, true);
  const removals = db.narrow(LANES);
  return {
    storeMessages: async (messages) => insertMessages(stores, await prepare(messages)),
    storedMessages: async (userid, most = Number.POSITIVE_INFINITY) =>
      (await read({ userid, most })).map(textOf),
    removeMessages: (userid, messages) => removeMessages(removals, read, userid, messages),
  };
}
