import type { Store } from '../store.js';
import type { Database } from './database.js';
import { insertMessages } from './insert.js';
import { preparer } from './prepare.js';
import { readMessages } from './read.js';
import { removeMessages } from './remove.js';
import { textOf } from './text.js';

type Offline = Pick<Store, 'storeMessages' | 'storedMessages' | 'removeMessages'>;

/** The stored messages, in a column of `limit` characters. */
export function offline(db: Database, limit: number): Offline {
  const prepare = preparer(limit);
  return {
    storeMessages: async (messages) => insertMessages(db, await prepare(messages)),
    storedMessages: async (userid, most) => (await readMessages(db, userid, most)).map(textOf),
    removeMessages: (userid, messages) => removeMessages(db, userid, messages),
  };
}
