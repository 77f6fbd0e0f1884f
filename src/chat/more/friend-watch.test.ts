import t from 'tap';
import type { Session } from '../../delivery/session.js';
import type { Connection } from '../../net/connection.js';
import type { Message } from '../../protocol/message.js';
import type { Values } from '../../protocol/replies.js';
import type { Friend } from '../../store/store.js';
import { FriendWatch, type FriendWatchParts } from './friend-watch.js';
import { noteWishes } from './wishes.js';

/** Time passes when the test says so. */
function scene(friends: Friend[]) {
  let now = 1_000_000;
  const here = new Set<number>();
  const table = new Set<number>();
  const listening = new Set<number>();
  const parts = {
    store: {
      friends: async () => [...friends],
      online: async (ids: readonly number[]) => ids.filter((id) => table.has(id)),
    },
    presence: { isOnline: (id: number) => here.has(id) },
    bus: { isOwned: () => false, subscribers: async (id: number) => Number(listening.has(id)) },
    dialect: {
      replies: {
        write: (_reply: unknown, _result: unknown, values?: Values) => Buffer.from(JSON.stringify(values)),
        has: () => true,
        countsMembers: false,
        storedThatFit: () => 0,
      },
    },
  } satisfies FriendWatchParts;
  const watch = new FriendWatch(parts, () => now);
  return {
    watch,
    here,
    table,
    listening,
    /** All that are watched are looked at, a number of times, a second apart. */
    looks: (times: number) => {
      for (let n = 0; n < times; n++) {
        now += 1000;
        for (let part = 0; part < 11; part++) watch.look();
      }
    },
    wait: (ms: number) => {
      now += ms;
    },
  };
}

/** A user whose client wants to be told, and what it was told. */
function watcher(id: number) {
  const told: string[] = [];
  const connection = {
    reply: (notice: Buffer) => {
      const { id, state } = JSON.parse(notice.toString());
      told.push(`${id} ${state}`);
    },
  } as unknown as Connection;
  wish(connection, ['friends']);
  return { told, session: { id, isOnline: true, connection } as unknown as Session };
}

function wish(connection: Connection | undefined, wishes: readonly string[]): void {
  if (connection !== undefined) noteWishes(connection, { raw: () => wishes } as unknown as Message);
}

/** All that was asked of the store is answered. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

t.test('who comes and goes is told, once it is sure, and at most once in 10 s', async (t) => {
  const { watch, here, looks, wait } = scene([{ id: 2, name: 'two', state: 'offline' }]);
  t.teardown(() => watch.close());
  const { session, told } = watcher(1);
  watch.change(session);
  await settled();
  t.equal(watch.size, 1);
  looks(3);
  t.same(told, [], 'as the list of its friends says');
  here.add(2);
  looks(1);
  t.same(told, ['2 online']);
  here.delete(2);
  looks(1);
  here.add(2);
  looks(5);
  t.same(told, ['2 online'], 'who connects again at once has not gone');
  wait(10_000);
  for (let n = 0; n < 40; n++) {
    here.delete(2);
    looks(2);
    here.add(2);
    looks(1);
  }
  // 120 seconds of coming and going.
  t.ok(told.length <= 14, `${told.length} notices`);
  here.delete(2);
  wait(10_000);
  looks(2);
  t.equal(told.at(-1), '2 offline', 'how it is by then');
});

t.test('a friend at an original node: as the table says, while somebody listens for it', async (t) => {
  const { watch, table, listening, looks, wait } = scene([
    { id: 2, name: 'two', state: 'offline' },
    { id: 3, name: 'three', state: 'online' },
  ]);
  t.teardown(() => watch.close());
  const { session, told } = watcher(1);
  watch.change(session);
  await settled();
  for (const id of [2, 3]) table.add(id);
  listening.add(2);
  await watch.ask();
  looks(2);
  t.same(told, ['3 online', '2 online', '3 offline'], 'the node of the second has died');
  table.delete(2);
  wait(10_000);
  looks(2);
  t.equal(told.length, 3, 'nobody has asked since');
  // The end of the round before, and the next.
  await watch.ask();
  await watch.ask();
  looks(2);
  t.same(told.slice(3), ['2 offline']);
});

t.test(
  'a crowd of watchers is told a part at a time; who has gone, or wants it no more, is not',
  async (t) => {
    const { watch, here, looks } = scene([{ id: 2, name: 'two', state: 'offline' }]);
    t.teardown(() => watch.close());
    const crowd = Array.from({ length: 2500 }, (_, n) => watcher(n + 10));
    for (const { session } of crowd) watch.change(session);
    await settled();
    t.equal(watch.size, 2500);
    here.add(2);
    const count = () => crowd.filter(({ told }) => told.length > 0).length;
    // The last look may have been at the end of the list.
    while (count() === 0) watch.look();
    t.equal(count(), 1000);
    watch.look();
    t.equal(count(), 2000);
    looks(1);
    t.equal(count(), 2500);
    for (const { session } of crowd.slice(1)) Object.assign(session, { isOnline: false });
    looks(2);
    t.equal(watch.size, 1);
    const [first] = crowd;
    if (first === undefined) return;
    wish(first.session.connection, []);
    watch.change(first.session);
    t.equal(watch.size, 0);
  },
);

t.test('a million friends are watched at most', async (t) => {
  const many = Array.from({ length: 400_000 }, (_, id): Friend => ({ id, name: '', state: 'offline' }));
  const { watch } = scene(many);
  t.teardown(() => watch.close());
  for (const id of [1, 2, 3]) watch.change(watcher(id).session);
  await settled();
  t.equal(watch.size, 800_000);
});

t.test('friends that change while they are read are read again', async (t) => {
  const friends: Friend[] = [{ id: 2, name: 'two', state: 'offline' }];
  const { watch } = scene(friends);
  t.teardown(() => watch.close());
  const { session } = watcher(1);
  watch.change(session);
  friends.push({ id: 3, name: 'three', state: 'offline' });
  watch.change(session);
  await settled();
  t.equal(watch.size, 2);
});

t.test(
  'what a client knows of a friend stays when its friends change; of a new one it is told',
  async (t) => {
    const friends: Friend[] = [{ id: 2, name: 'two', state: 'offline' }];
    const { watch, here, looks } = scene(friends);
    t.teardown(() => watch.close());
    const { session, told } = watcher(1);
    watch.change(session);
    await settled();
    here.add(2);
    looks(2);
    friends.push({ id: 3, name: 'three', state: 'online' });
    watch.change(session);
    await settled();
    t.same(told, ['2 online', '3 online']);
    friends.shift();
    here.delete(2);
    watch.change(session);
    await settled();
    t.equal(watch.size, 1);
    const other = watcher(4);
    watch.change(other.session);
    await settled();
    t.same(other.told, ['3 online']);
  },
);

t.test('a crowd of watchers that leaves at once is forgotten a part at a time', async (t) => {
  const friends = Array.from({ length: 2000 }, (_, id): Friend => ({ id, name: '', state: 'offline' }));
  const { watch } = scene(friends);
  t.teardown(() => watch.close());
  const crowd = Array.from({ length: 50 }, (_, n) => watcher(n + 10_000));
  for (const { session } of crowd) watch.change(session);
  await settled();
  t.equal(watch.size, 100_000);
  for (const { session } of crowd) Object.assign(session, { isOnline: false });
  let before = watch.size;
  for (let looks = 0; watch.size > 0 && looks < 100; looks++) {
    watch.look();
    t.ok(before - watch.size <= 12_000, `${before - watch.size} at once`);
    before = watch.size;
  }
  t.equal(watch.size, 0);
});
