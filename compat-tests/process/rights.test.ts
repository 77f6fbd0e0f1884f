import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { check } from './checking.js';

t.setTimeout(600_000);
const folder = newFolder();
const before = process.umask(0);
t.teardown(() => {
  process.umask(before);
  folder.remove();
});

const [file, log, copy] = ['chat.db', 'chat.log', 'copy.db'].map((name) => join(folder.path, name)) as [
  string,
  string,
  string,
];
const openTo = () =>
  readdirSync(folder.path).filter((name) => (statSync(join(folder.path, name)).mode & 0o077) !== 0);

for (const workers of ['1', '2']) {
  t.test(`whatever the umask, nobody else may read what ${workers} worker(s) write`, async (t) => {
    const server = await startServer(['--data', file, '--workers', workers]);
    t.teardown(() => server.child.stop('SIGKILL'));
    const user = await User.connect(server);
    await user.register(`name ${workers}`);
    await user.close();
    const names = readdirSync(folder.path);
    for (const name of ['chat.db', 'chat.db-wal', 'chat.db-shm', 'chat.db-lock'])
      t.ok(names.includes(name), `${name} is there`);
    t.same(openTo(), []);
  });
}

t.test('nor a backup, nor the log, also after SIGHUP', async (t) => {
  const args = ['dist/main.js', '127.0.0.1', '0', '--data', ':memory:', '--log-file', log];
  const server = new Child(process.execPath, args);
  t.teardown(() => server.stop('SIGKILL'));
  await until(async () => existsSync(log) && /listening/.test(readFileSync(log, 'utf8')), 'the log');
  renameSync(log, `${log}.1`);
  process.kill(server.pid, 'SIGHUP');
  await until(async () => existsSync(log), 'the new log');
  const backup = new Child(process.execPath, ['dist/main.js', 'backup', copy, '--data', file]);
  t.equal(await backup.ended, 0);
  t.same(openTo(), []);
});

t.test('a file that others may read is told of at the start, and by check, with the remedy', async (t) => {
  chmodSync(file, 0o644);
  chmodSync(copy, 0o640);
  const server = await startServer(['--data', file]);
  t.teardown(() => server.child.stop('SIGKILL'));
  await server.child.logged(new RegExp(`others may read private files: chmod 600 .*${file}`));
  t.match(await check('--data', file), [
    0,
    new RegExp(`warning rights .*${file} \\(644\\).*\\n -> chmod 600 .*${file}`),
  ]);
  t.notMatch(await check('--data', ':memory:'), [0, /rights/]);
});
