import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { beforeDeadline } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { endBefore } from '../harness/order.js';
import { CuttingProxy } from './cutting-proxy.js';
import { openOn } from './open-mysql.js';
import { user } from './open-store.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const open = (t: Test, options: Parameters<typeof openOn>[2] = {}) => openOn(mariadb, t, options);

/** The statement, behind its kind or behind others: a new connection is told `autocommit`. */
const [COMMIT, LAST_COMMIT] = ['\u0003commit', ';commit'];

/** A store whose connections go through a proxy that can lose answers, and one that goes straight. */
async function openCut(t: Test) {
  const direct = await open(t);
  const proxy = await CuttingProxy.start(mariadb.port);
  const url = direct.url.replace(`:${mariadb.port}/`, `:${proxy.port}/`);
  const store = await openMysql({ url, charset: 'gbk' });
  t.teardown(async () => {
    await store.close();
    proxy.stop();
  });
  return { ...direct, store, proxy };
}

/**
 * Whether a call is given up because the database is away, and not before so many ms.
 *
 * @param since when it was asked at the earliest: what is asked together is given up together
 */
async function givenUp(call: Promise<unknown>, after: number, since: number): Promise<boolean> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  return error instanceof StoreUnavailable && performance.now() - since > 0.9 * after;
}

const calls: Record<string, (store: Store, id?: number) => Promise<unknown>> = {
  register: (store) => store.register('name', 'pw'),
  user: (store) => store.user(1),
  goOnline: (store) => store.goOnline(1),
  goOffline: (store) => store.goOffline([1]),
  exclusively: (store, id = 1) => store.exclusively(id, async () => 'ran'),
  friends: (store) => store.friends(1),
  groups: (store) => store.groups(1),
  addFriend: (store) => store.addFriend(1, 2),
  createGroup: (store) => store.createGroup(1, 'group', ''),
  addGroup: (store) => store.addGroup(1, 2),
  members: (store) => store.members(1),
  storeMessages: (store) => store.storeMessages([{ userid: 1, message: '{}' }]),
  storedMessages: (store) => store.storedMessages(1),
  removeMessages: (store) => store.removeMessages(1, ['{}']),
};

/** In ms: what a hasty store waits, and what a store waits that is still waiting when the hasty one has given up. */
const [HASTY, PATIENT] = [500, 5000];

t.test(
  'a database that is killed is waited for, then given up, and used again when it is back',
  async (t) => {
    const { url, store } = await open(t, { patience: 20_000 });
    const hasty = await openMysql({ url, charset: 'gbk', patience: HASTY });
    t.teardown(() => hasty.close());
    await Promise.all([store.user(1), hasty.exclusively(1, async () => 'ran')]);
    await mariadb.kill();
    const waiting = Object.values(calls).map((call) => call(store));
    const since = performance.now();
    const refused = Object.values(calls).map((call) => givenUp(call(hasty), HASTY, since));
    t.ok(await endBefore(refused, waiting), 'who has less patience has not waited for the database');
    for (const [i, name] of Object.keys(calls).entries()) t.equal(await refused[i], true, name);
    await mariadb.start();
    await t.resolves(Promise.all(waiting), 'who has more patience is served');
    t.equal(await hasty.exclusively(2, async () => 'ran'), 'ran');
  },
);

t.test('a frozen database holds nobody for longer than twice the patience', async (t) => {
  const { url, store: patient } = await open(t, { patience: PATIENT });
  const store = await openMysql({ url, charset: 'gbk', patience: HASTY, poolSize: 2 });
  await Promise.all([patient.user(1), store.user(1)]);
  mariadb.freeze();
  const waiting = Object.values(calls).map((call) => call(patient));
  // If each had to wait for those before it, all of these would take longer than a patient one waits.
  const many = Array.from({ length: 3 }, () => Object.entries(calls)).flat();
  const since = performance.now();
  const refused = many.map(([, call], id) => givenUp(call(store, id), HASTY, since));
  t.ok(await endBefore(refused, waiting), 'all have given up before a patient one has');
  for (const [i, [name]] of many.entries()) t.equal(await refused[i], true, name);
  const opening = openMysql({ url, charset: 'gbk', patience: HASTY });
  await t.rejects(opening, /^cannot use the database .*: (it does not answer|connect ETIMEDOUT)$/);
  mariadb.thaw();
  t.equal(await store.user(99), undefined);
  mariadb.freeze();
  await beforeDeadline(store.close(), () => 'a store to close while its database is frozen');
  mariadb.thaw();
  await Promise.allSettled(waiting);
});

t.test('a server that is not up yet is waited for', async (t) => {
  const { url } = await open(t);
  await mariadb.kill();
  const opening = openMysql({ url, charset: 'gbk' });
  await mariadb.start();
  const store = await opening;
  t.teardown(() => store.close());
  t.equal(await store.user(1), undefined);
});

t.test('connections that the server has ended are replaced', async (t) => {
  const { store, url } = await open(t, { patience: 10_000 });
  await Promise.all([store.user(1), store.user(2), store.exclusively(1, async () => 'ran')]);
  const admin = await createConnection(url);
  t.teardown(() => admin.end());
  const [rows] = await admin.query(
    `select id from information_schema.processlist where id <> connection_id()`,
  );
  for (const { id } of rows as { id: number }[]) await admin.query(`kill ${id}`).catch(() => undefined);
  const found = await Promise.all([store.user(1), store.user(2), store.exclusively(1, async () => 'ran')]);
  t.strictSame(found, [undefined, undefined, 'ran']);
});

t.test('a row that stays locked counts as away', async (t) => {
  const { url, database } = await open(t);
  await database.seed({ user: [user(1, 'one')] });
  const admin = await createConnection(url);
  t.teardown(() => admin.end());
  const store = await openMysql({ url, charset: 'gbk', patience: 1500 });
  t.teardown(() => store.close());
  await admin.query('start transaction');
  await admin.query(`update user set name = 'locked' where id = 1`);
  const since = performance.now();
  t.equal(await givenUp(store.goOnline(1), 1500, since), true);
  await admin.query('commit');
  t.equal(await store.goOnline(1), true);
});

t.test('register: the account whose answer was lost is found again', async (t) => {
  const { store, database, proxy } = await openCut(t);
  proxy.cutAnswerTo('alice');
  const id = await store.register('alice', 'pw');
  t.equal(proxy.hasCut, true);
  t.strictSame((await database.rows()).user, [{ ...user(Number(id), 'alice') }]);
  proxy.cutAnswerTo('other');
  t.equal(await store.register('alice', 'other'), undefined, 'but not the one of somebody else');
  t.equal(proxy.hasCut, true);
});

t.test('createGroup: one group, also when the answer was lost', async (t) => {
  const { store, database, proxy } = await openCut(t);
  proxy.cutAnswerTo(COMMIT);
  await store.createGroup(1, 'group', '');
  t.equal(proxy.hasCut, true);
  const { allgroup, groupuser } = await database.rows();
  t.equal(allgroup.length, 1);
  t.match(groupuser, [{ groupid: allgroup[0]?.id, userid: 1, grouprole: 'creator' }]);
  t.equal(groupuser.length, 1);
});

t.test('storeMessages: a message whose answer was lost is rather stored twice than not', async (t) => {
  const { store, proxy } = await openCut(t);
  const message = '{"msg":"precious"}';
  proxy.cutAnswerTo('precious');
  await store.storeMessages([{ userid: 1, message }]);
  t.equal(proxy.hasCut, true);
  t.strictSame(await store.storedMessages(1), [message, message]);
});

t.test(
  'goOnline: an account whose answer was lost is not given twice, its neighbours get theirs',
  async (t) => {
    const { store, database, proxy } = await openCut(t);
    const ids = [1, 2, 3];
    await database.seed({ user: ids.map((id) => user(id, `u${id}`)) });
    proxy.cutAnswerTo(LAST_COMMIT);
    const answers = await Promise.all([...ids.map((id) => store.goOnline(id)), store.user(1)]);
    t.equal(proxy.hasCut, true);
    t.strictSame(answers.slice(0, 3), [false, false, false], 'as far as is known they were online');
    t.match(answers[3], { name: 'u1' });
    t.strictSame(await database.online(), ids);
    await Promise.all(ids.map((id) => store.goOffline([id])));
    t.strictSame(await Promise.all(ids.map((id) => store.goOnline(id))), [true, true, true]);
  },
);

t.test('removeMessages: once, also when the answer was lost', async (t) => {
  const { store, proxy } = await openCut(t);
  const texts = ['{"msg":"a"}', '{"msg":"b"}'];
  await store.storeMessages(texts.map((message) => ({ userid: 1, message })));
  proxy.cutAnswerTo('delete ');
  await store.removeMessages(1, ['{"msg":"a"}']);
  t.equal(proxy.hasCut, true);
  t.strictSame(await store.storedMessages(1), ['{"msg":"b"}']);
});
