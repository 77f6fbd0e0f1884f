import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql as openRows } from '../harness/mysql-database.js';
import { SCHEMAS } from './schemas.js';
import { storeContract } from './store.js';

/** Defaults that a server may have, and that would make ours write nothing, too little, or cut. */
const DEFAULTS = `
set global autocommit = 0;
set global tx_read_only = 1;
set global tx_isolation = 'SERIALIZABLE';
set global sql_safe_updates = 1;
set global sql_select_limit = 2;
set global sql_mode = 'HIGH_NOT_PRECEDENCE';
set global max_allowed_packet = 2048;
`;

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

const url = await mariadb.createDatabase('contract', SCHEMAS.original);
const database = await openRows(url);
const admin = await createConnection({ uri: mariadb.url(), multipleStatements: true });
await admin.query(DEFAULTS);
await admin.end();

const open = async (t: Test) => {
  const store = await openMysql({ url, charset: 'gbk' });
  t.teardown(() => store.close());
  return { store, database };
};
t.teardown(() => database.close());

storeContract(t, 'MariaDB with unusual defaults', open, { keepsHistory: false });

t.test('packets that are too small for a history are named', async (t) => {
  const { store } = await open(t);
  await t.rejects(store.openHistory(), { message: /^max_allowed_packet is too small for a history/ });
});
