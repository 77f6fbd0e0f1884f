import type { Store } from '../store.js';
import type { Database } from './database.js';
import { insertMessages } from './insert.js';
import { boundedPages, SHORT } from './long.js';
import { preparer } from './prepare.js';
import { ALL, pages } from './read.js';
import { remover } from './remove.js';
import { textOf } from './text.js';

type Offline = Pick<Store, 'storeMessages' | 'storedMessages' | 'removeMessages'>;

/** How many connections store at once, and how many remove. */
const LANES = 2;

/** The most rows of a long column that are read for several users at once. */
const FEW_ROWS = 64;

/** The stored messages, in a column of `limit` characters. */
export function offline(db: Database, limit: number): Offline {
  const prepare = preparer(limit);
  const read = limit > SHORT ? pages(db, FEW_ROWS) : pages(db);
  const bounded = limit > SHORT ? boundedPages(db, read) : read;
  const stores = db.narrow(LANES, true);
  return {
    storeMessages: async (messages) => insertMessages(stores, await prepare(messages)),
    storedMessages: async (userid, most) => {
      const page = most === undefined ? read({ userid, most: ALL }) : bounded({ userid, most });
      return (await page).map(textOf);
    },
    removeMessages: remover(db.narrow(LANES), read),
  };
}
