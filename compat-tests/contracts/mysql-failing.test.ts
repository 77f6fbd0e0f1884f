import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { type MysqlOptions, openMysql } from '../../src/store/mysql/mysql.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { TABLES } from '../harness/tables.js';
import { FailingProxy, type MysqlError } from './failing-proxy.js';
import { openOn } from './open-mysql.js';
import { user } from './open-store.js';

t.setTimeout(600_000);
const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

/** A store behind a proxy that answers with errors, and what its watch was told. */
async function open(t: Test, options: Partial<MysqlOptions> = {}) {
  const { url, database } = await openOn(mariadb, t);
  await database.seed({ user: Array.from({ length: 40 }, (_, n) => user(n + 1, `u${n + 1}`)) });
  const proxy = await FailingProxy.start(mariadb.port);
  const outages: unknown[] = [];
  const watch = { worked: () => undefined, failed: (error: unknown) => outages.push(error) };
  const through = url.replace(`:${mariadb.port}/`, `:${proxy.port}/`);
  const store = await openMysql({ url: through, charset: 'gbk', watch, ...options });
  t.teardown(async () => {
    await store.close();
    proxy.stop();
  });
  return { store, proxy, database, outages };
}

/** All that is asked of a store, by several at once. */
function everything(store: Store, round: number): Promise<unknown[]> {
  const id = 4 * round + 1;
  return Promise.all([
    store.register(`new ${round}`, 'pw'),
    store.register(`newer ${round}`, 'pw'),
    store.user(id),
    store.idOf(`u${id}`),
    store.existing([id, 1000]),
    store.goOnline(id),
    store.goOnline(id + 1),
    store.exclusively(id, async () => 'ran'),
    store.friends(id),
    store.groups(id),
    store.addFriend(id, id + 1),
    store.createGroup(id, `group ${round}`, ''),
    store.addGroup(id + 1, 1),
    store.members(1),
    store.storeMessages([{ userid: id, message: '{}' }]).then(() => store.removeMessages(id, ['{}'])),
    store.storedMessages(id + 2),
  ]);
}

/** `count` errors, then none any more. */
function times(count: number, error: MysqlError, isMeant: (kind: string) => boolean) {
  let left = count;
  return ({ kind }: { kind: string }) => (isMeant(kind) && left-- > 0 ? error : undefined);
}

const isAny = (kind: string) => kind !== 'other';
const isExecute = (kind: string) => kind === 'execute';
const isPrepare = (kind: string) => kind === 'prepare';

t.test('statements that the server has forgotten are prepared anew, and nobody notices', async (t) => {
  const { store, proxy, outages } = await open(t);
  await everything(store, 0);
  proxy.forgetStatements();
  await everything(store, 1);
  // Each of these values once, whatever number the statement has that they are for.
  const seen = new Set<string>();
  proxy.fail(({ kind, text }) => {
    const values = text.slice(4);
    if (!isExecute(kind) || seen.has(values)) return undefined;
    seen.add(values);
    return { number: 1615, state: 'HY000' };
  });
  await everything(store, 2);
  t.ok(proxy.failed >= 5, `${proxy.failed} were to be prepared anew`);
  t.same(outages, []);
});

t.test('a proxy that never knows a statement gets another connection, not an endless dialogue', async (t) => {
  const { store, proxy } = await open(t, { patience: 300 });
  proxy.fail(times(1_000_000, { number: 1243, state: 'HY000' }, isExecute));
  const error = await store.register('somebody', 'pw').catch((error: unknown) => error);
  t.type(error, StoreUnavailable);
  t.ok(proxy.failed < 40, `${proxy.failed} tries`);
  proxy.fail(() => undefined);
  const served = () =>
    store.user(1).then(
      () => true,
      () => false,
    );
  await until(served, 'the store to serve again, be it not within so short a time');
});

const passing: Record<string, MysqlError & { readonly at?: (kind: string) => boolean }> = {
  'too many connections of this user (1203)': { number: 1203, state: '42000' },
  'a limit of the account (1226)': { number: 1226, state: '42000' },
  'too many connections (1040)': { number: 1040, state: '08004' },
  'too many prepared statements (1461)': { number: 1461, state: '42000', at: isPrepare },
  'read-only (1290)': { number: 1290, state: 'HY000' },
  'read-only (1836)': { number: 1836, state: 'HY000' },
  'an error that nobody knows (9001)': { number: 9001, state: 'HY000' },
  'an error of no known class (7777)': { number: 7777, state: 'XX001' },
};

for (const [what, { at = isAny, ...error }] of Object.entries(passing)) {
  t.test(`${what}: waited for, nothing is refused`, async (t) => {
    const { store, proxy, database, outages } = await open(t);
    await everything(store, 0);
    proxy.fail(times(12, error, at));
    const answers = await everything(store, 1);
    t.ok(proxy.failed === 12 || at !== isAny, `${proxy.failed} statements failed`);
    t.equal(answers.filter((answer) => answer === false).length, 0);
    t.match(answers.slice(0, 2), [Number, Number]);
    proxy.fail(times(1, error, at));
    outages.length = 0;
    await everything(store, 2);
    t.same(outages, [], 'what the next try mends is no outage');
    t.equal((await database.rows()).user.filter(({ name }) => String(name).startsWith('new')).length, 6);
  });
}

for (const number of [1040, 1203, 1226]) {
  t.test(
    `no more connections (${number}): those that there are serve, and when there are none all wait`,
    async (t) => {
      const { store, proxy, outages } = await open(t);
      const error = { number, state: number === 1040 ? '08004' : '42000' };
      await store.user(1);
      const open1 = proxy.count;
      t.ok(open1 > 0 && open1 < 8);
      proxy.refuse(error);
      await Promise.all(Array.from({ length: 20 }, (_, n) => store.register(`served ${n}`, 'pw')));
      t.same(outages, [], 'that is no outage');
      proxy.cut();
      await until(async () => proxy.count === 0, 'the end of all connections');
      const before = proxy.failed;
      const all = Promise.all([everything(store, 1), everything(store, 2)]);
      await until(async () => outages.length > 0 && proxy.failed > before + 3, 'this to be an outage');
      proxy.refuse(undefined);
      await all;
    },
  );
}

t.test(
  'an account that may have fewer connections than are wanted: all are served, the locks as well',
  async (t) => {
    const { url } = await openOn(mariadb, t);
    const admin = await createConnection({ uri: url, multipleStatements: true });
    t.teardown(() => admin.end());
    await admin.query(`create or replace user clerk identified by '123456' with max_user_connections 2;
    ${TABLES.map((table) => `grant all on chat.${table} to clerk`).join(';')}`);
    const store = await openMysql({ url: url.replace('root:', 'clerk:'), charset: 'gbk' });
    t.teardown(() => store.close());
    const slow = Array.from({ length: 60 }, (_, n) => store.register(`clerk ${n}`, 'pw'));
    const groups = Array.from({ length: 20 }, (_, n) => store.createGroup(n, `g ${n}`, ''));
    t.match(await Promise.all(slow), Array(60).fill(Number));
    await Promise.all(groups);
    t.equal(await store.exclusively(1, async () => 'ran'), 'ran');
  },
);

t.test('no more connections than wanted are ever opened', async (t) => {
  for (const poolSize of [1, 2, 4]) {
    const { store, proxy } = await open(t, { poolSize });
    let most = 0;
    proxy.fail(() => {
      most = Math.max(most, proxy.count);
      return undefined;
    });
    for (let round = 0; round < 4; round++)
      await Promise.all([everything(store, round), everything(store, round + 4)]);
    t.equal(most, poolSize);
  }
});

t.test(
  'several hosts: the first that takes changes is used, and another when it takes none any more',
  async (t) => {
    const other = await MariaDb.start();
    t.teardown(() => other.stop());
    const [first, second] = await Promise.all([mariadb.createDatabase('pair'), other.createDatabase('pair')]);
    const admins = await Promise.all(
      [first, second].map(async (url) => {
        const admin = await createConnection({ uri: url, multipleStatements: true });
        t.teardown(() => admin.end());
        await admin.query(
          `create or replace user clerk identified by '123456'; grant all on pair.* to clerk`,
        );
        return admin;
      }),
    );
    t.teardown(() => admins[0]?.query('set global read_only = 0'));
    const outages: unknown[] = [];
    const url = `mysql://clerk:123456@127.0.0.1:1,127.0.0.1:${mariadb.port},127.0.0.1:${other.port}/pair`;
    const watch = { worked: () => undefined, failed: (error: unknown) => outages.push(error) };
    const store = await openMysql({ url, charset: 'gbk', watch });
    t.teardown(() => store.close());
    const where = async () => {
      const rows = await Promise.all(
        admins.map((admin) => admin.query('select name from user order by name')),
      );
      return rows.map(([found]) => (found as { name: string }[]).map(({ name }) => name));
    };
    await Promise.all([store.register('one', 'pw'), store.exclusively(1, async () => 'ran')]);
    t.same(await where(), [['one'], []], 'the first cannot be reached, the second is used');
    outages.length = 0;
    await admins[0]?.query('set global read_only = 1');
    const ids = await Promise.all(['two', 'three', 'four'].map((name) => store.register(name, 'pw')));
    t.match(ids, [Number, Number, Number]);
    t.same(await where(), [['one'], ['four', 'three', 'two']]);
    t.equal(await store.idOf('one'), undefined, 'nothing is read any more from where nothing is written');
    t.same(outages, []);
    await admins[0]?.query('set global read_only = 0');
    await other.kill();
    t.type(await store.register('five', 'pw'), 'number');
    t.same(
      (await admins[0]?.query('select name from user order by id'))?.[0],
      ['one', 'five'].map((name) => ({ name })),
    );
  },
);

t.test(
  'a server that does not take the one statement that removes messages removes them all the same',
  async (t) => {
    const { store, proxy, database, outages } = await open(t);
    const [read, later] = ['{"msg":"read"}', '{"msg":"later"}'];
    proxy.fail(({ text }) => (text.includes('group_concat') ? { number: 1064, state: '42000' } : undefined));
    for (let round = 0; round < 3; round++) {
      await store.storeMessages([read, later].map((message) => ({ userid: 1, message })));
      await store.removeMessages(1, [read]);
      await store.removeMessages(1, [later]);
    }
    t.strictSame((await database.rows()).offlinemessage, []);
    t.equal(proxy.failed, 1, 'it is asked no more');
    t.equal(outages.length, 1);
  },
);
