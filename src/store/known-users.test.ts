import t from 'tap';
import { openEmbedded } from './embedded/embedded.js';
import { onlyKnownUsers } from './known-users.js';
import type { Store } from './store.js';

/** An embedded store with the accounts 1 to 3, and the ids that were asked for in it. */
async function open(changed: (store: Store) => Partial<Store> = () => ({})) {
  const embedded = openEmbedded(':memory:');
  t.teardown(() => embedded.close());
  for (const name of ['one', 'two', 'three']) await embedded.register(name, 'pw');
  const asked: (readonly number[])[] = [];
  const existing = (ids: readonly number[]) => {
    asked.push(ids);
    return embedded.existing(ids);
  };
  return { store: onlyKnownUsers({ ...embedded, ...changed(embedded), existing }), asked };
}

const to = (...userids: number[]) => userids.map((userid) => ({ userid, message: `{"toid":${userid}}` }));

t.test(
  'DIFFERENCES 21: messages for accounts that do not exist are left out, all others are stored',
  async (t) => {
    const { store } = await open();
    const refusals = await store.storeMessages(to(77, 1, 78, 2, 77));
    t.same(
      refusals.map(({ index, reason }) => [index, reason.message]),
      [0, 2, 4].map((index) => [index, 'no such user']),
    );
    t.same(await Promise.all([1, 2, 77, 78].map((id) => store.storedMessages(id))), [
      ['{"toid":1}'],
      ['{"toid":2}'],
      [],
      [],
    ]);
  },
);

t.test('the database is asked once for a call, and never again for who is known', async (t) => {
  const { store, asked } = await open();
  await store.user(1);
  await store.user(77);
  await store.storeMessages(to(1, 1));
  t.same(asked, []);
  await store.storeMessages(to(1, 2, 77, 2));
  await store.storeMessages(to(1, 2));
  t.same(asked, [[2, 77]]);
});

t.test('an account that is made later gets its messages', async (t) => {
  const { store } = await open();
  await store.storeMessages(to(4));
  t.equal(await store.register('four', 'pw'), 4);
  t.same(await store.storeMessages(to(4)), []);
  t.same(await store.storedMessages(4), ['{"toid":4}']);
});

t.test('what the store itself refuses is told with its place among all', async (t) => {
  const { store } = await open(() => ({
    storeMessages: async (messages) =>
      messages.flatMap(({ userid }, index) =>
        userid === 2 ? [{ index, reason: new Error('refused') }] : [],
      ),
  }));
  const refusals = await store.storeMessages(to(77, 1, 2, 78, 2));
  t.same(
    refusals.map(({ index, reason }) => [index, reason.message]),
    [
      [0, 'no such user'],
      [2, 'refused'],
      [3, 'no such user'],
      [4, 'refused'],
    ],
  );
});

t.test('many accounts do not fill the memory', async (t) => {
  const { store, asked } = await open((embedded) => ({
    user: async (id) => ({ id, name: '', password: '', state: 'offline', ...(await embedded.user(id)) }),
  }));
  await store.user(1);
  for (let id = 10; id < 100_020; id++) await store.user(id);
  await store.storeMessages(to(1));
  t.same(asked, [[1]]);
});
