import { createConnection, type RowDataPacket } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { messageOf, openOn } from './open-mysql.js';
import { user } from './open-store.js';
import { SCHEMAS } from './schemas.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const open = (t: Test, options: Parameters<typeof openOn>[2] = {}) => openOn(mariadb, t, options);

t.test('the column decides what fits', async (t) => {
  const long = messageOf('x'.repeat(2000));
  const columns: [string, number][] = [
    ['varchar(100)', 25],
    ['varchar(500)', 5],
    ['text', 1],
    ['longtext', 1],
  ];
  for (const [type, parts] of columns) {
    await t.test(type, async (t) => {
      const schema = SCHEMAS.original.replace('varchar(500)', type);
      const { store } = await open(t, { schema });
      await store.storeMessages([{ userid: 1, message: long }]);
      t.equal((await store.storedMessages(1)).length, parts);
    });
  }
});

t.test('a message that no form of can be stored takes no other with it', async (t) => {
  const { store } = await open(t);
  const numbers = `{"n":[${Array.from({ length: 300 }, (_, i) => i)}]}`;
  const messages = ['{"n":1}', numbers, '{"n":2}', Buffer.from(numbers)];
  const refusals = await store.storeMessages(messages.map((message) => ({ userid: 1, message })));
  t.strictSame(
    refusals.map(({ index }) => index),
    [1, 3],
  );
  for (const { reason } of refusals) t.match(`${reason}`, /cannot be split/);
  t.strictSame(await store.storedMessages(1), ['{"n":1}', '{"n":2}']);
});

t.test('a row that the database refuses takes only its message with it', async (t) => {
  const schema = `${SCHEMAS.original}
    alter table offlinemessage add check (message not like '%evil%')`;
  const { store } = await open(t, { schema });
  const text = (n: number) => messageOf(n % 100 === 7 ? `evil ${n}` : `good ${n}`);
  const long = messageOf(`${'x'.repeat(600)} evil`);
  for (const count of [200, 3000]) {
    const texts = [...Array.from({ length: count }, (_, n) => text(n)), long];
    const refusals = await store.storeMessages(texts.map((message) => ({ userid: count, message })));
    t.strictSame(
      refusals.map(({ index }) => index),
      [...texts.keys()].filter((n) => texts[n]?.includes('evil')),
    );
    t.strictSame(
      await store.storedMessages(count),
      texts.filter((stored) => !stored.includes('evil')),
    );
  }
});

t.test('exclusively: one node at a time for an account', async (t) => {
  const { store, url } = await open(t);
  const other = await openMysql({ url, charset: 'gbk' });
  t.teardown(() => other.close());
  await store.exclusively(7, async () => {
    t.equal(await other.exclusively(7, async () => 'ran'), undefined);
    t.equal(await store.exclusively(7, async () => 'ran'), undefined, 'nor twice on one node');
    t.equal(await other.exclusively(8, async () => 'ran'), 'ran', 'another account');
    t.equal(await store.exclusively(-8, async () => 'ran'), 'ran');
  });
  t.equal(await other.exclusively(7, async () => 'ran'), 'ran');
  const all = Array.from({ length: 100 }, (_, id) =>
    store.exclusively(id, () => store.user(id).then(() => id)),
  );
  t.strictSame(
    await Promise.all(all),
    all.map((_, id) => id),
    'more than there are connections',
  );
});

t.test('a database that cannot be used is refused in one line', async (t) => {
  const url = await mariadb.createDatabase('refused', SCHEMAS.original);
  const refused = (address: string, why: RegExp) =>
    t.rejects(openMysql({ url: address, charset: 'gbk', patience: 300 }), { message: why });
  await refused(
    mariadb.url('nowhere'),
    /^cannot use the database 127.0.0.1:\d+\/nowhere: Unknown database.*$/,
  );
  await refused(url.replace(':123456@', ':wrong@'), /^cannot use the database .*: Access denied.*$/);
  await refused(
    'mysql://root@127.0.0.1:1/chat',
    /^cannot use the database .*: connect ECONNREFUSED 127.0.0.1:1$/,
  );
  const admin = await createConnection(url);
  t.teardown(() => admin.end());
  await admin.query('alter table offlinemessage modify message int');
  await refused(url, /: its column offlinemessage.message holds no text$/);
  await admin.query('alter table offlinemessage drop message');
  await refused(
    url,
    /: its table offlinemessage has no column message; there are userid: say which one it is in a dialect file, {.*}$/,
  );
  await admin.query('drop table friend');
  await refused(
    url,
    /: it has no table friend; there are allgroup, .*, user: say which one it is in a dialect file, {.*}, or let .* create it$/,
  );
});

t.test('many at once are served by a few connections', async (t) => {
  const { store, database, url } = await open(t, { poolSize: 2 });
  const admin = await createConnection(url);
  t.teardown(() => admin.end());
  const count = async () => {
    const [[found]] = await admin.query<RowDataPacket[]>(
      `select count(*) as n from information_schema.processlist where db = 'chat'`,
    );
    return Number(found?.n);
  };
  // Two of ours at most, this one and that for the rows.
  const most = 4;
  await until(async () => (await count()) <= most, 'the connections of the tests before to be gone');
  await database.seed({ user: [user(1, 'one')] });
  const found = await Promise.all(Array.from({ length: 1000 }, () => store.user(1)));
  t.equal(
    found.every((row) => row?.name === 'one'),
    true,
  );
  t.ok((await count()) <= most, 'two of ours at most');
});
