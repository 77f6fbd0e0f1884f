import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { Link as Connection } from '../../src/store/mysql/link.js';
import { Link } from '../campaign/link.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';

t.setTimeout(600_000);

t.test('what a connection has locked that a firewall has forgotten is soon free again', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const url = await mariadb.createDatabase('chat');
  const database = await openMysql(url);
  await database.seed({ user: [{ id: 1, name: 'a', password: 'pw', state: 'online' }] });
  await database.close();
  const link = await Link.to(mariadb.port);
  t.teardown(() => link.close());
  const connection = await Connection.open({
    host: { url: url.replace(`:${mariadb.port}`, `:${link.port}`), turn: 0 },
    charset: 'gbk',
    patience: 5000,
    soon: 5000,
    writable: false,
  });
  await connection.ask('start transaction');
  await connection.ask("update user set state = 'offline' where id = 1");
  link.drop();
  const other = await createConnection(url);
  t.teardown(() => other.end());
  await other.query('set innodb_lock_wait_timeout = 40');
  await other.query("update user set password = 'new' where id = 1");
  const [rows] = await other.query('select state, password from user');
  t.match(rows, [{ state: 'online', password: 'new' }]);
  connection.destroy();
});
