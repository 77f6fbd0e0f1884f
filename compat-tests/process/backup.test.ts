import { copyFileSync, existsSync, statSync } from 'node:fs';
import t from 'tap';
import { Child } from '../harness/child.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const folder = newFolder();
t.teardown(() => folder.remove());

async function backup(...args: string[]): Promise<[status: number | string, output: string]> {
  const child = new Child(process.execPath, ['dist/main.js', 'backup', ...args]);
  return [await child.ended, child.log];
}

/** The names of the accounts in a database file. */
async function names(file: string): Promise<unknown[]> {
  const database = openEmbedded(file);
  const { user } = await database.rows();
  await database.close();
  return user.map(({ name }) => name);
}

for (const workers of ['1', '2']) {
  t.test(`after a clean stop of ${workers} worker(s) the one file has everything`, async (t) => {
    const file = `${folder.path}/${workers}.db`;
    const server = await startServer(['--data', file, '--workers', workers]);
    const user = await User.connect(server);
    for (const name of ['one', 'two']) await user.register(name);
    await user.close();
    t.equal(await server.child.stop(), 0);
    t.equal(existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0, 0);
    copyFileSync(file, `${file}.copy`);
    t.same(await names(`${file}.copy`), ['one', 'two']);
  });
}

t.test('backup copies the database while it is in use, and never over a file', async (t) => {
  const file = `${folder.path}/chat.db`;
  const [copy, again] = [`${folder.path}/it's a copy.db`, `${folder.path}/again.db`];
  const server = await startServer(['--data', file]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const user = await User.connect(server);
  await user.register('one');
  t.same(await backup(copy, '--data', file), [0, `${file} is copied to ${copy}\n`]);
  await user.register('two');
  t.same(await names(copy), ['one']);
  t.same(await backup(copy, '--data', file), [1, `chat-server: ${copy} is there already: name a new file\n`]);
  t.equal((await backup(again, '--data', file))[0], 0);
  t.same(await names(again), ['one', 'two']);
});

t.test('backup says what stops it, in one line', async (t) => {
  const file = `${folder.path}/none.db`;
  t.same(await backup('x', '--data', file), [
    1,
    `chat-server: there is no ${file} to copy: name it with --data FILE\n`,
  ]);
  t.match(await backup('x', '--mysql', 'mysql://root@127.0.0.1/chat'), [
    2,
    /mysqldump --host=127\.0\.0\.1 --user=root --password --single-transaction .*--databases chat/,
  ]);
  t.match(await backup('/nowhere/x', '--data', `${folder.path}/1.db`), [1, /\/nowhere\/x cannot be written/]);
});
