import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { until } from '../harness/deadline.js';
import { openEmbedded as openRows } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';

/**
 * A store, and a function that ends the thread that it has now: by an error in it, between two calls of SQLite. Ended by
 * `terminate` inside of one, libsql aborts the whole process; nothing of ours does that.
 */
async function open(t: Test, file?: string) {
  const folder = newFolder();
  const path = file ?? join(folder.path, 'chat.db');
  let thread: Worker | undefined;
  const note = (worker: Worker) => {
    thread = worker;
  };
  process.on('worker', note);
  const store = await openThreaded({ file: path });
  t.teardown(async () => {
    process.off('worker', note);
    await store.close();
    folder.remove();
  });
  const end = () =>
    new Promise<unknown>((resolve) => {
      thread?.once('exit', resolve);
      // An idle thread keeps no process alive.
      thread?.ref();
      // Every word that is one is an object, or a text.
      thread?.postMessage(null);
    });
  return { store, file: path, end };
}

const unavailable = (error: unknown) => {
  if (!(error instanceof StoreUnavailable)) throw error;
};

async function isBack(store: Store): Promise<boolean> {
  return store.user(1).then(
    () => true,
    () => false,
  );
}

t.test(
  'the thread ends again and again: what was answered is in the file, and each id is given once',
  async (t) => {
    const { store, file, end } = await open(t);
    const ids = new Map<string, number>();
    const names: string[] = [];
    const stored = new Set<string>();
    for (let round = 0; round < 5; round++) {
      await until(() => isBack(store), 'the thread');
      const before = ids.size;
      const asked = Array.from({ length: 1500 }, async (_, i) => {
        const name = `${round} ${i}`;
        names.push(name);
        const id = await store.register(name, 'pw').catch(unavailable);
        if (id !== undefined) ids.set(name, id);
        await store
          .storeMessages([{ userid: 1, message: name }])
          .then(() => void stored.add(name), unavailable);
      });
      // In the middle of them.
      await until(async () => ids.size > before, 'the first answers');
      await end();
      await Promise.all(asked);
    }
    await until(() => isBack(store), 'the thread');
    t.ok(ids.size > 0 && ids.size < names.length, 'some were answered, some were not');
    t.equal(new Set(ids.values()).size, ids.size);
    const database = openRows(file);
    t.teardown(() => database.close());
    const { user, offlinemessage } = await database.rows();
    const found = new Map(user.map(({ id, name }) => [String(name), Number(id)]));
    for (const [name, id] of ids) if (found.get(name) !== id) t.equal(found.get(name), id, name);
    for (const { message } of offlinemessage) stored.delete(String(message));
    t.equal(stored.size, 0, 'no message that was answered is missing');
    const newest = await store.register('newest', 'pw');
    t.ok(Number(newest) > Math.max(...found.values()));
  },
);

t.test('a thread that is started again sets nobody offline', async (t) => {
  const { store, end } = await open(t);
  await store.register('one', 'pw');
  await store.goOnline(1);
  await end();
  await t.rejects(store.user(1), { message: /chat\.db: its thread has ended/ });
  await until(() => isBack(store), 'the thread');
  t.match(await store.user(1), { state: 'online' });
});

t.test('no new file is made in the place of one that was deleted when the thread ended', async (t) => {
  const { store, file, end } = await open(t);
  await store.register('one', 'pw');
  rmSync(file);
  await end();
  await until(
    () =>
      store.user(1).then(
        () => true,
        ({ message }: Error) => /deleted while it was in use/.test(message),
      ),
    'the reason',
  );
  t.notOk(existsSync(file));
});

t.test('what was in memory is gone with its thread, and nothing else comes in its place', async (t) => {
  const { store, end } = await open(t, ':memory:');
  await store.register('one', 'pw');
  await end();
  for (let i = 0; i < 3; i++) await t.rejects(store.register('two', 'pw'), { message: /in memory is lost/ });
});

t.test('the store can be closed while its thread is gone, or ends', async (t) => {
  const first = await open(t);
  await first.end();
  await first.store.close();
  const second = await open(t);
  const asked = second.store.register('one', 'pw').catch(unavailable);
  const closed = second.store.close();
  await second.end();
  await Promise.all([closed, asked]);
  const third = await open(t);
  const all = Array.from({ length: 1000 }, (_, i) => third.store.register(`name ${i}`, 'pw'));
  await third.store.close();
  t.equal((await Promise.all(all)).length, 1000, 'what was asked before it is done');
});
