import { join } from 'node:path';
import t from 'tap';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { openEmbedded as openRows } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { storeContract } from './store.js';

storeContract(t, 'embedded, in a thread of its own', async (t) => {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const store = await openThreaded({ file });
  const database = openRows(file);
  t.teardown(async () => {
    await Promise.all([store.close(), database.close()]);
    folder.remove();
  });
  return { store, database };
});
