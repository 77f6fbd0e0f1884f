import { join } from 'node:path';
import t from 'tap';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { openEmbedded as openRows } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql as openMysqlRows } from '../harness/mysql-database.js';
import { renamedTables } from '../harness/schema.js';
import { SCHEMAS } from './schemas.js';
import { storeContract } from './store.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

for (const [schema, tables] of Object.entries(SCHEMAS)) {
  for (const charset of ['gbk', 'utf8mb4'] as const) {
    storeContract(t, `MariaDB, ${schema} schema, ${charset}`, async (t) => {
      const url = await mariadb.createDatabase('contract', tables);
      const store = await openMysql({ url, charset });
      const database = await openMysqlRows(url);
      t.teardown(() => Promise.all([store.close(), database.close()]));
      return { store, database, keyed: schema === 'composite keys' };
    });
  }
}

storeContract(t, "MariaDB, a fork's names", async (t) => {
  const names = {
    ...{ user: 'User', friend: 'Friend', allgroup: 'AllGroup', groupuser: 'Group_User' },
    ...{ offlinemessage: 'OfflineMsg', name: 'username', grouprole: 'role' },
  };
  const url = await mariadb.createDatabase('fork', renamedTables(names));
  const tables = {
    user: { columns: { name: 'username' } },
    groupuser: { columns: { grouprole: 'role' } },
    offlinemessage: { table: 'OfflineMsg' },
  };
  const store = await openMysql({ url, charset: 'gbk', tables });
  const database = await openMysqlRows(url, names);
  t.teardown(() => Promise.all([store.close(), database.close()]));
  return { store, database };
});

storeContract(t, 'embedded', async (t) => {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const store = openEmbedded(file);
  const database = openRows(file);
  t.teardown(async () => {
    await Promise.all([store.close(), database.close()]);
    folder.remove();
  });
  return { store, database };
});
