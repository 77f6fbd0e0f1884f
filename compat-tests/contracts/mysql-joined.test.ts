import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { Database } from '../../src/store/mysql/database.js';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { states } from '../../src/store/mysql/states.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { MariaDb } from '../harness/mariadb.js';
import { endBefore } from '../harness/order.js';
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

/** In ms: what a store waits that nothing here may keep for so long, and what one waits that is to give up. */
const [PATIENT, HASTY] = [60_000, 1000];

/** A store on the same database that gives up soon. */
async function openHasty(t: Test, url: string): Promise<Store> {
  const hasty = await openMysql({ url, charset: 'gbk', patience: HASTY });
  t.teardown(() => hasty.close());
  return hasty;
}

const isAway = (result: PromiseSettledResult<unknown>) =>
  result.status === 'rejected' && result.reason instanceof StoreUnavailable;

/** How many rows the database has read, or sent to anybody, by now. */
async function rows(admin: Connection, what: 'read' | 'sent'): Promise<number> {
  const [found] = await admin.query<RowDataPacket[]>(
    `show global status like '${what === 'read' ? 'Handler_read%' : 'Rows_sent'}'`,
  );
  return found.reduce((sum, { Value }) => sum + Number(Value), 0);
}

/** How many bytes the database has received and sent by now. */
async function transferred(admin: Connection): Promise<number> {
  const [found] = await admin.query<RowDataPacket[]>(
    "show global status where Variable_name in ('Bytes_received', 'Bytes_sent')",
  );
  return found.reduce((sum, { Value }) => sum + Number(Value), 0);
}

/** How many statements that read, or others, the database has run by now. */
async function selects(admin: Connection, what = 'select'): Promise<number> {
  const [[found]] = await admin.query<RowDataPacket[]>(`show global status like 'Com_${what}'`);
  return Number(found?.Value);
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

t.test('lists that are asked for together are those that each gets alone, and few statements', async (t) => {
  const { store, database, admin } = await open(t);
  const users = ids(1, 100);
  const mixed = (n: number) => ((n * 37) % 100) + 1;
  await database.seed({
    friend: users.flatMap((userid) =>
      ids(2, userid % 9).map((n) => ({ userid, friendid: (mixed(userid * n) % 100) + 1 })),
    ),
    allgroup: ids(2, 8).map((id) => ({ id: mixed(id) + 1, groupname: `g${id}`, groupdesc: '' })),
    groupuser: users.flatMap((userid) =>
      ids(2, userid % 4).map((n) => ({ groupid: mixed(n) + 1, userid, grouprole: 'normal' })),
    ),
  });
  const lists = (id: number) => Promise.all([store.friends(id), store.groups(id)]);
  const alone: unknown[] = [];
  for (const id of users) alone.push(await lists(id));
  const before = await selects(admin);
  const together = await Promise.all(users.map(lists));
  t.ok((await selects(admin)) - before < 40, 'friends and groups of 100, and the members of these groups');
  t.strictSame(together, alone);
});

t.test('locked rows of `user` stop only those whose they are', async (t) => {
  const { store, admin, url } = await open(t, { patience: PATIENT });
  const hasty = await openHasty(t, url);
  await login(store, 99);
  await admin.query(
    `start transaction; select * from user force index (primary) where id in (${ids(1, 20)}) for update`,
  );
  const stuck = ids(1, 20).map((id) => store.goOnline(id));
  const others = ids(21, 60).map((id) => login(store, id));
  t.ok(await endBefore(others, stuck), '60 logins do not wait');
  const rest = [store.members(1), store.user(1), store.goOffline(ids(21, 60))];
  t.ok(await endBefore(rest, stuck), 'nor does other work');
  await Promise.all([...others, ...rest]);
  const refused = Promise.allSettled(ids(1, 20).map((id) => hasty.goOnline(id)));
  t.ok(await endBefore([refused], stuck), 'who has less patience gives up');
  t.ok((await refused).every(isAway));
  await admin.query('rollback');
  t.strictSame(
    await Promise.all(stuck),
    ids(1, 20).map(() => true),
  );
});

/** Calls that wait for a table. */
const needing: Record<string, (store: Store, id: number) => Promise<unknown>[]> = {
  friend: (store, id) => [store.friends(id), store.addFriend(id, 1)],
  offlinemessage: (store, id) => [store.storedMessages(id), store.removeMessages(id, ['{}'])],
};

for (const [table, calls] of Object.entries(needing)) {
  t.test(`a locked table \`${table}\` stops only what needs it`, async (t) => {
    const { store, admin, url } = await open(t, { patience: PATIENT });
    const hasty = await openHasty(t, url);
    await Promise.all(ids(1, 50).map((id) => store.user(id)));
    await admin.query(`lock tables ${table} write`);
    const stuck = ids(1, 50).flatMap((id) => calls(store, id));
    const online = ids(51, 50).map((id) => store.goOnline(id));
    const rest = [...online, store.members(1), store.user(1), store.register('new', 'pw')];
    t.ok(await endBefore(rest, stuck), 'other work does not wait');
    await Promise.all(rest);
    const storing = ids(1, table === 'offlinemessage' ? 50 : 0).map((userid) =>
      hasty.storeMessages([{ userid, message: '{}' }]),
    );
    const refused = Promise.allSettled([...storing, ...ids(1, 50).flatMap((id) => calls(hasty, id))]);
    t.ok(await endBefore([refused], stuck), 'who has less patience gives up, all at once');
    t.ok((await refused).every(isAway));
    await admin.query('unlock tables');
    await Promise.all(stuck);
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
    insert into allgroup select seq, concat('g', seq), '' from seq_2_to_81;
    insert into groupuser select g.seq, u.seq, 'normal' from seq_2_to_81 g, seq_1_to_10 u;
    insert into user select seq, concat('member', seq), 'pw', 'offline' from seq_1001_to_1500;
    insert into groupuser select g.seq, u.seq, 'normal' from seq_2_to_81 g, seq_1001_to_1500 u`);
  const heavy = Promise.all(ids(1, 10).map((id) => store.groups(id)));
  const logins = (async () => {
    for (const id of ids(11, 3)) await login(store, id);
  })();
  t.ok(await endBefore([logins], [heavy]), 'three ordinary logins one after the other');
  for (const groups of await heavy) {
    t.equal(groups.length, 81);
    t.equal(groups[80]?.users.length, 510);
  }
});

t.test('of very many stored messages only a page is read, also beside those of others', async (t) => {
  const { store, admin } = await open(t);
  await admin.query(`insert into offlinemessage select 1, concat('{"n":', seq, '}') from seq_1_to_200000;
    insert into offlinemessage select 2 + seq % 98, concat('{"late":', seq, '}') from seq_1_to_9800`);
  const before = await rows(admin, 'sent');
  const pages = await Promise.all(ids(1, 100).map((id) => store.storedMessages(id, 50)));
  for (const [n, page] of pages.entries()) t.equal(page.length, n === 99 ? 1 : 50);
  const sent = (await rows(admin, 'sent')) - before;
  t.ok(sent < 20_000, `${sent} rows were sent`);
  for (let round = 0; round < 5; round++) {
    const page = await store.storedMessages(1, 1000);
    t.equal(page.at(-1), `{"n":${round * 1000 + 999}}`);
    const before = await rows(admin, 'read');
    await store.removeMessages(1, page);
    const read = (await rows(admin, 'read')) - before;
    t.ok(read < 5 * page.length, `to remove a page ${read} rows were read`);
  }
});

t.test('stored messages are removed without their texts being sent, to the database or back', async (t) => {
  const { store, database, admin } = await open(t);
  const texts = ids(1, 500).map((n) => `{"n":${n},"msg":"${'x'.repeat(400)}"}`);
  await store.storeMessages(texts.map((message) => ({ userid: 101, message })));
  const size = Buffer.byteLength(texts.join(''));
  const before = await transferred(admin);
  const [deletes, commits] = [await selects(admin, 'delete'), await selects(admin, 'commit')];
  await store.removeMessages(101, await store.storedMessages(101));
  // The server may count what a connection was sent only with its next statement: both are counted together.
  const moved = (await transferred(admin)) - before;
  t.ok(moved < 1.2 * size, `${moved} bytes were moved to read and remove ${size}`);
  t.equal((await selects(admin, 'delete')) - deletes, 1);
  t.equal((await selects(admin, 'commit')) - commits, 0, 'one statement, and no transaction around it');
  t.strictSame(
    (await database.rows()).offlinemessage.filter(({ userid }) => userid === 101),
    [],
  );
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
  const db = Database.open({ url, charset: 'gbk', size: 8, patience: PATIENT });
  t.teardown(() => db.close());
  const set = states(db, false);
  await admin.query('start transaction; select * from user force index (primary) where id = 1 for update');
  const stuck = set({ id: 1, state: 'online' });
  const others = ids(2, 50).map((id) => set({ id, state: 'online' }));
  t.ok(await endBefore(others, [stuck]), '50 others do not wait');
  await Promise.all(others);
  t.equal((await database.online()).length, 50);
  await admin.query('rollback');
  t.equal(await stuck, true);
});
