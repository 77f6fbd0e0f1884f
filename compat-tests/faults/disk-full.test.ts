import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { until } from '../harness/deadline.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';

const folder = newFolder();
const file = join(folder.path, 'chat.db');
const server = await startServer(['--data', file, '--pace', '0']);
t.teardown(async () => {
  await server.child.stop('SIGKILL');
  folder.remove();
});

/** Lets no file of the server grow beyond so many bytes: a disk that is full from there on. */
function room(bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', `${server.child.pid}`, `--fsize=${bytes}:`]);
  if (status !== 0) throw new Error(`prlimit: ${stderr}`);
}

const openFiles = () => readdirSync(`/proc/${server.child.pid}/fd`).length;

const texts = (name: string) => Array.from({ length: 500 }, (_, n) => `${name} ${n}`);

t.test('with the disk full the server lives, chat goes on, and what is kept is written later', async (t) => {
  const first = await User.connect(server);
  for (const name of ['one', 'two', 'three']) await first.register(name);
  await first.close();
  const [one, two] = [await User.online(server, 1), await User.online(server, 2)];
  // Full in the middle of a write, later before any.
  room(statSync(`${file}-wal`).size + 10_000);
  for (const text of texts('first')) await one.chat(1, 3, text);
  await server.child.logged(/the database is away/);
  room(0);
  for (const text of texts('second')) await one.chat(1, 3, text);
  await one.chat(1, 2, 'still here');
  t.equal((await two.hear()).msg, 'still here');
  const three = await User.connect(server);
  t.equal((await three.login(3)).errno, 3, 'nobody can log in');
  const before = openFiles();
  for (let n = 0; n < 200; n++) t.equal((await three.register('four')).errno, 3, 'nor register');
  t.ok(openFiles() < before + 100, 'however often it is tried, files are not used up');

  room('unlimited');
  await server.child.logged(/the database is back/);
  const database = openEmbedded(file);
  const stored = async () =>
    (await database.rows()).offlinemessage.map(({ message }) => JSON.parse(String(message)).msg);
  await until(async () => (await stored()).length === 1000, 'everything to be written');
  t.same(await stored(), [...texts('first'), ...texts('second')]);
  const heard: Document[] = (await three.login(3)).offlinemsg.map((text: string) => JSON.parse(text));
  while (heard.length < 1000) heard.push(await three.hear());
  t.same(
    heard.map(({ msg }) => msg),
    [...texts('first'), ...texts('second')],
  );
  t.equal((await three.register('four')).errno, 0);
  await database.close();
});
