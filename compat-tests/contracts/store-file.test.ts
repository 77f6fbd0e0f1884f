import { copyFile, link, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'libsql';
import t, { type Test } from 'tap';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { newFolder } from '../harness/folder.js';

function place(t: Test) {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  return { folder: folder.path, file: join(folder.path, 'chat.db') };
}

async function opened(t: Test, file: string): Promise<Store> {
  const store = await openThreaded({ file });
  t.teardown(() => store.close());
  return store;
}

const isInUse = { message: / is in use by another chat-server$/ };

t.test('a file is locked whatever path leads to it', async (t) => {
  const { folder, file } = place(t);
  await opened(t, file);
  await mkdir(join(folder, 'below'));
  await symlink(file, join(folder, 'link.db'));
  await symlink('../link.db', join(folder, 'below', 'link.db'));
  await symlink(folder, join(folder, 'folder'));
  for (const path of ['link.db', 'below/link.db', 'folder/chat.db', './below/../chat.db'])
    await t.rejects(openThreaded({ file: join(folder, path) }), isInUse, path);
});

t.test('a link to a file that is yet to be made locks it too', async (t) => {
  const { folder, file } = place(t);
  await symlink('chat.db', join(folder, 'link.db'));
  const store = await opened(t, join(folder, 'link.db'));
  await t.rejects(openThreaded({ file }), isInUse);
  t.equal(await store.register('name', 'pw'), 1);
});

t.test('a file that is deleted while it is in use is away, and says so', async (t) => {
  const { file } = place(t);
  const store = await opened(t, file);
  t.equal(await store.register('before', 'pw'), 1);
  await link(file, `${file}-kept`);
  await rm(file);
  const changes: (() => Promise<unknown>)[] = [
    () => store.register('after', 'pw'),
    () => store.goOnline(1),
    () => store.createGroup(1, 'group', ''),
    () => store.storeMessages([{ userid: 1, message: '{}' }]),
  ];
  for (const change of changes) {
    const error = await change().catch((error: unknown) => error);
    t.type(error, StoreUnavailable);
    t.equal((error as Error).message, `${file} was deleted while it was in use`);
  }
  await rename(`${file}-kept`, file);
  t.equal(await store.register('after', 'pw'), 2, 'the same file is back');
});

t.test('a file in the place of the one in use is not written to', async (t) => {
  const { file } = place(t);
  const store = await opened(t, file);
  await rename(file, `${file}-old`);
  await opened(t, join(file, '..', 'chat.db-new'));
  await rename(`${file}-new`, file);
  await t.rejects(store.register('after', 'pw'), { message: `${file} was replaced while it was in use` });
});

t.test('what is answered is in the file, though its journal is deleted', async (t) => {
  const { file } = place(t);
  const store = await opened(t, file);
  await store.register('before', 'pw');
  for (const [n, ends] of [['-wal'], ['-wal', '-shm'], []].entries()) {
    for (const end of ends) await rm(`${file}${end}`);
    t.equal(await store.register(`after ${n}`, 'pw'), n + 2);
    t.equal(await store.goOnline(n + 2), true);
  }
  // A process that is killed leaves what has a name.
  for (const end of ['', '-wal']) await copyFile(`${file}${end}`, `${file}-copy${end}`);
  const copy = new Sqlite(`${file}-copy`);
  t.same(copy.prepare('SELECT name FROM user ORDER BY id').pluck().all(), [
    ...['before', 'after 0', 'after 1', 'after 2'],
  ]);
  copy.close();
});

t.test('a change that comes after the store was closed does not end the process', async (t) => {
  const { file } = place(t);
  for (const path of [file, ':memory:']) {
    const store = await openThreaded({ file: path });
    await store.close();
    await store.goOnline(1).catch(() => {});
  }
  t.pass();
});

t.test('what is answered after another program had the file locked is in the file', async (t) => {
  const { file } = place(t);
  const store = await opened(t, file);
  t.equal(await store.register('one', 'pw'), 1);
  const other = new Sqlite(file);
  t.teardown(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  for (const change of [store.goOnline(1), store.storeMessages([{ userid: 1, message: 'none' }])])
    t.type(await change.catch((error: unknown) => error), StoreUnavailable);
  t.match(await store.user(1), { name: 'one' }, 'what is only read is there meanwhile');
  other.exec('ROLLBACK');

  t.equal(await store.register('two', 'pw'), 2);
  t.equal(await store.goOnline(1), true);
  await store.storeMessages([{ userid: 1, message: '{}' }]);
  await store.addFriend(1, 2);
  t.equal(await store.createGroup(1, 'group', ''), 1);
  const count = (table: string) => other.prepare(`SELECT count(*) FROM ${table}`).pluck().all();
  for (const [table, n] of Object.entries({
    user: 2,
    offlinemessage: 1,
    friend: 1,
    allgroup: 1,
    groupuser: 1,
  }))
    t.same(count(table), [n], table);
  other.exec('BEGIN IMMEDIATE');
  other.exec('ROLLBACK');
});
