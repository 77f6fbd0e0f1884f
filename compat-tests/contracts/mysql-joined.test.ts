import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { Database } from '../../src/store/mysql/database.js';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { states } from '../../src/store/mysql/states.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { MariaDb } from '../harness/mariadb.js';
import { openOn } from './open-mysql.js';
import { user } from './open-store.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** A store with users 1 to 100, of whom each is a friend of all, and all are in group 1. */
async function open(t: Test, options: Parameters<typeof openOn>[2] = {}) {
  const opened = await openOn(mariadb, t, options);
  const admin = await createConnection({ uri: opened.url, multipleStatements: true });
  t.teardown(() => admin.end());
  const users = ids(1, 100);
  await opened.database.seed({
    user: users.map((id) => user(id, `u${id}`)),
    friend: users.map((userid) => ({ userid, friendid: (userid % 100) + 1 })),
    allgroup: [{ id: 1, groupname: 'group', groupdesc: '' }],
    groupuser: users.map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
    offlinemessage: users.map((userid) => ({ userid, message: `{"to":${userid}}` })),
  });
  return { ...opened, admin };
}

async function login(store: Store, id: number) {
  const found = await store.user(id);
  const won = await store.goOnline(id);
  const [messages, friends, groups] = await Promise.all([
    store.storedMessages(id),
    store.friends(id),
    store.groups(id),
  ]);
  return { name: found?.name, won, messages, friends: friends.map(({ id }) => id), groups };
}

/** Resolves with how long it took, in ms. */
async function timed(work: Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work;
  return performance.now() - since;
}

t.test('each of many who log in at once gets what is its own', async (t) => {
  const { store, database } = await open(t);
  const logins = await Promise.all(ids(1, 100).map((id) => login(store, id)));
  for (const [i, { groups, ...login }] of logins.entries()) {
    const id = i + 1;
    t.strictSame(login, {
      name: `u${id}`,
      won: true,
      messages: [`{"to":${id}}`],
      friends: [(id % 100) + 1],
    });
    const [{ users }] = groups as [(typeof groups)[0]];
    t.equal(users.length, 100);
    t.equal(users.find((user) => user.id === id)?.state, 'online', 'it sees itself online');
  }
  await Promise.all(ids(1, 100).map((id) => store.goOffline([id])));
  t.strictSame(await database.online(), []);
});

t.test('locked rows of `user` stop only those whose they are', async (t) => {
  const { store, admin } = await open(t, { patience: 2500 });
  await login(store, 99);
  await admin.query(
    `start transaction; select * from user force index (primary) where id in (${ids(1, 20)}) for update`,
  );
  const stuck = ids(1, 20).map((id) =>
    store.goOnline(id).catch((error: unknown) => error instanceof StoreUnavailable),
  );
  const others = timed(Promise.all(ids(21, 60).map((id) => login(store, id))));
  t.ok((await others) < 1500, `60 logins took ${(await others).toFixed()} ms`);
  const rest = timed(Promise.all([store.members(1), store.user(1), store.goOffline(ids(21, 60))]));
  t.ok((await rest) < 1000, `other work took ${(await rest).toFixed()} ms`);
  t.strictSame(new Set(await Promise.all(stuck)), new Set([true]));
  await admin.query('rollback');
  t.strictSame(
    await Promise.all(ids(1, 20).map((id) => store.goOnline(id))),
    ids(1, 20).map(() => true),
  );
});

const needing: Record<string, (store: Store, id: number) => Promise<unknown>[]> = {
  friend: (store, id) => [store.friends(id), store.addFriend(id, 1)],
  offlinemessage: (store, id) => [
    store.storedMessages(id),
    store.storeMessages([{ userid: id, message: '{}' }]),
    store.removeMessages(id, ['{}']),
  ],
};

for (const [table, calls] of Object.entries(needing)) {
  t.test(`a locked table \`${table}\` stops only what needs it`, async (t) => {
    const { store, admin } = await open(t, { patience: 2000 });
    await Promise.all(ids(1, 50).map((id) => store.user(id)));
    await admin.query(`lock tables ${table} write`);
    const since = performance.now();
    const stuck = Promise.allSettled(ids(1, 50).flatMap((id) => calls(store, id)));
    const online = ids(51, 50).map((id) => store.goOnline(id));
    const rest = timed(
      Promise.all([...online, store.members(1), store.user(1), store.register('new', 'pw')]),
    );
    t.ok((await rest) < 900, `other work took ${(await rest).toFixed()} ms`);
    const isAway = (result: PromiseSettledResult<unknown>) =>
      result.status === 'rejected' && result.reason instanceof StoreUnavailable;
    t.ok((await stuck).every(isAway));
    t.ok(performance.now() - since < 4500, 'nobody waits for longer than twice the patience');
    await admin.query('unlock tables');
    await Promise.all(calls(store, 1));
  });
}

t.test('a statement that fails hurts none of those that it goes together with', async (t) => {
  const { store, admin } = await open(t);
  await admin.query('rename table allgroup to away');
  const users = ids(1, 50);
  const groups = users.map((id) => store.groups(id).catch((error: unknown) => error));
  const friends = await Promise.all(users.map((id) => store.friends(id)));
  t.strictSame(
    friends.map(([friend]) => friend?.id),
    users.map((id) => id + 1),
  );
  for (const answer of await Promise.all(groups)) t.ok(answer instanceof StoreUnavailable);
  await admin.query('rename table away to allgroup');
  t.equal((await store.groups(1)).length, 1);
});

t.test('one in very many large groups keeps nobody waiting', async (t) => {
  const { store, admin } = await open(t);
  await admin.query(`
    insert into allgroup select seq, concat('g', seq), '' from seq_2_to_151;
    insert into groupuser select g.seq, u.seq, 'normal' from seq_2_to_151 g, seq_1_to_10 u;
    insert into user select seq, concat('member', seq), 'pw', 'offline' from seq_1001_to_1500;
    insert into groupuser select g.seq, u.seq, 'normal' from seq_2_to_151 g, seq_1001_to_1500 u`);
  let isDone = false;
  const heavy = Promise.all(ids(1, 10).map((id) => store.groups(id))).finally(() => {
    isDone = true;
  });
  let most = 0;
  for (let id = 11; !isDone && id < 100; id++) most = Math.max(most, await timed(login(store, id)));
  t.ok(most < 2000, `an ordinary login took ${most.toFixed()} ms`);
  for (const groups of await heavy) {
    t.equal(groups.length, 151);
    t.equal(groups[150]?.users.length, 510);
  }
});

t.test('of very many stored messages only a page is read, also beside those of others', async (t) => {
  const { store, admin } = await open(t);
  await admin.query(`insert into offlinemessage select 1, concat('{"n":', seq, '}') from seq_1_to_200000;
    insert into offlinemessage select 2 + seq % 98, concat('{"late":', seq, '}') from seq_1_to_9800`);
  const logins = timed(
    Promise.all(
      ids(1, 100).map(async (id) =>
        t.equal((await store.storedMessages(id, 50)).length, id === 100 ? 1 : 50),
      ),
    ),
  );
  t.ok((await logins) < 3000, `took ${(await logins).toFixed()} ms`);
  for (let round = 0; round < 5; round++) {
    const page = await store.storedMessages(1, 1000);
    t.equal(page.at(-1), `{"n":${round * 1000 + 999}}`);
    const removal = timed(store.removeMessages(1, page));
    t.ok((await removal) < 500, `removing a page took ${(await removal).toFixed()} ms`);
  }
});

t.test('states of accounts are those of one change after another', async (t) => {
  const { store, database } = await open(t);
  const change = fc.record({ id: fc.integer({ min: 1, max: 5 }), on: fc.boolean() });
  const check = async (rounds: { id: number; on: boolean }[][]) => {
    await store.goOffline(ids(1, 5));
    const online = new Set<number>();
    const expected: (boolean | undefined)[] = [];
    const answers: Promise<boolean | undefined>[] = [];
    for (const round of rounds) {
      for (const { id, on } of round) {
        expected.push(on ? !online.has(id) : undefined);
        if (on) online.add(id);
        else online.delete(id);
        answers.push(on ? store.goOnline(id) : store.goOffline([id]).then(() => undefined));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await Promise.all(answers), expected);
    assert.deepEqual((await database.online()).sort(), [...online].sort());
  };
  await fc.assert(fc.asyncProperty(fc.array(fc.array(change)), check), { numRuns: 60 });
  t.pass();
});

t.test('of two nodes that take the same accounts at once, one gets each', async (t) => {
  const { store, url } = await open(t);
  const other = await openMysql({ url, charset: 'gbk' });
  t.teardown(() => other.close());
  const all = await Promise.all(
    ids(1, 100).map((id) => Promise.all([store.goOnline(id), other.goOnline(id)])),
  );
  for (const both of all) t.equal(both.filter(Boolean).length, 1);
});

t.test('on a server that cannot pass over locked rows, one stops no others', async (t) => {
  const { url, admin, database } = await open(t);
  await admin.query('analyze table user');
  const db = Database.open({ url, charset: 'gbk', size: 8, patience: 3000 });
  t.teardown(() => db.close());
  const set = states(db, false);
  await admin.query('start transaction; select * from user force index (primary) where id = 1 for update');
  const stuck = set({ id: 1, state: 'online' }).catch((error: unknown) => error instanceof StoreUnavailable);
  const others = timed(Promise.all(ids(2, 50).map((id) => set({ id, state: 'online' }))));
  t.ok((await others) < 1000, `50 others took ${(await others).toFixed()} ms`);
  t.equal((await database.online()).length, 50);
  t.equal(await stuck, true);
});
