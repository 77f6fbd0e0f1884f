import { type Contract, user } from './open-store.js';

/** Accounts, and who is online. */
export const accounts: Contract = {
  'register: an id for a new name, none for one that is taken': async (t, { store }) => {
    const id = await store.register('alice', 'pw');
    t.type(id, 'number');
    t.strictSame(await store.user(Number(id)), { id, name: 'alice', password: 'pw', state: 'offline' });
    t.equal(await store.register('alice', 'other'), undefined);
    t.equal(await store.register('Alice', 'pw'), undefined, 'in another case');
    const bob = await store.register('bob', 'pw');
    t.ok(Number(bob) > Number(id));
    t.strictSame(await store.user(Number(id)), { id, name: 'alice', password: 'pw', state: 'offline' });
  },

  'register: 50 characters and no more, and any text': async (t, { store }) => {
    t.equal(await store.register('n'.repeat(51), 'pw'), undefined);
    t.equal(await store.register('name', 'p'.repeat(51)), undefined);
    const names = ['n'.repeat(50), '', `it's`, 'a"b\\c', '%_', "'; drop table user; --", '张三'];
    for (const name of names) {
      const id = await store.register(name, name);
      t.match(await store.user(Number(id)), { name, password: name }, name);
    }
  },

  'register: one of many at once gets the name': async (t, { store }) => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => store.register('wanted', 'pw')));
    t.equal(ids.filter((id) => id !== undefined).length, 1);
  },

  'user: nobody has an unknown id, and nobody logs in without a password': async (t, { store, database }) => {
    await database.seed({
      user: [
        { id: 1, name: null, password: '', state: null },
        { id: 3, name: 'three', password: null, state: 'offline' },
      ],
    });
    t.equal(await store.user(3), undefined);
    for (const id of [2, 0, -1, 2147483647, -2147483648]) t.equal(await store.user(id), undefined);
    t.strictSame(await store.user(1), { id: 1, name: '', password: '', state: 'offline' }, 'NULL is empty');
  },

  'idOf: who has exactly that name': async (t, { store }) => {
    const names = ['alice', '张三', `it's`, ''];
    const ids = await Promise.all(names.map((name) => store.register(name, 'pw')));
    for (const [n, name] of names.entries()) t.equal(await store.idOf(name), ids[n], name);
    for (const name of ['bob', '你好吗', 'alice\0', '%', 'n'.repeat(1000)])
      t.equal(await store.idOf(name), undefined, name.slice(0, 10));
  },

  'existing: those of many ids that accounts have': async (t, { store, database }) => {
    await database.seed({ user: [user(1, 'one'), { ...user(3, 'three'), password: null }, user(9, 'nine')] });
    const many = Array.from({ length: 2500 }, (_, n) => n - 10);
    t.same([...(await store.existing(many))].sort(), [1, 3, 9]);
    t.same(await store.existing([2, 2147483647, -2147483648]), []);
    t.same(await store.existing([]), []);
  },

  'goOnline: once, until offline again': async (t, { store, database }) => {
    await database.seed({ user: [user(7, 'seven'), user(8, 'eight'), { ...user(9, 'nine'), state: null }] });
    t.equal(await store.goOnline(7), true);
    t.equal(await store.goOnline(7), false);
    t.equal((await store.user(7))?.state, 'online');
    t.equal((await store.user(8))?.state, 'offline');
    t.equal(await store.goOnline(9), true, 'NULL is offline');
    t.equal(await store.goOnline(10), false, 'nobody');
    await store.goOffline([7]);
    t.strictSame(await database.online(), [9]);
    t.equal(await store.goOnline(7), true);
  },

  'goOnline: one of many at once wins': async (t, { store, database }) => {
    await database.seed({ user: [user(7, 'seven')] });
    const won = await Promise.all(Array.from({ length: 20 }, () => store.goOnline(7)));
    t.equal(won.filter(Boolean).length, 1);
  },

  'goOffline: those and no others, however many': async (t, { store, database }) => {
    const ids = Array.from({ length: 2500 }, (_, i) => i + 1);
    await database.seed({ user: ids.map((id) => user(id, `u${id}`, 'online')) });
    await store.goOffline([]);
    t.equal((await database.online()).length, 2500);
    await store.goOffline([...ids.filter((id) => id !== 1234).reverse(), 99999]);
    t.strictSame(await database.online(), [1234]);
  },

  'exclusively: gives what the work gives': async (t, { store }) => {
    t.equal(await store.exclusively(7, async () => 'done'), 'done');
    t.equal(await store.exclusively(7, async () => 'again'), 'again');
    await t.rejects(
      store.exclusively(7, () => Promise.reject(new Error('mine'))),
      /mine/,
    );
    t.equal(await store.exclusively(7, async () => 'still'), 'still');
  },
};
