import { join } from 'node:path';
import Sqlite from 'libsql';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { lock } from '../harness/locker.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

async function start(t: Test) {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const server = await startServer(['--data', file, '--pace', '0']);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  const first = await User.connect(server);
  for (const name of ['one', 'two', 'three']) await first.register(name);
  const [one, two] = [await User.online(server, 1), await User.online(server, 2)];
  return { file, server, one, two };
}

/** How many rows a table has in the file. */
function count(file: string, table: string): number {
  const db = new Sqlite(file, { timeout: 5000 });
  const [n] = db.prepare(`SELECT count(*) FROM ${table}`).pluck().all() as number[];
  db.close();
  return n ?? Number.NaN;
}

t.test(
  'while another program has the file locked chat goes on, and what is answered is in the file',
  async (t) => {
    const { file, server, one, two } = await start(t);
    const locker = await lock(file);
    t.teardown(() => locker.stop('SIGKILL'));
    const three = await User.connect(server);
    let answered = false;
    const login = three.login(3).finally(() => {
      answered = true;
    });
    await one.chat(1, 3, 'kept');
    await one.chat(1, 2, 'at once');
    t.equal((await two.hear()).msg, 'at once');
    t.equal(answered, false, 'while a login still waits for the file');
    t.equal((await login).errno, 3);
    await locker.stop('SIGKILL');
    await server.child.logged(/the database is back/);

    const four = await User.connect(server);
    t.match(await four.register('four'), { errno: 0, id: 4 });
    t.equal(count(file, 'user'), 4);
    const heard = await three.login(3);
    t.match(heard, { errno: 0, offlinemsg: [/"msg":"kept"/] });
    await four.register('five');
    t.equal(await server.child.stop(), 0);
    t.equal(count(file, 'user'), 5);
  },
);

t.test('a server does not start on a file that is locked, and says why', async (t) => {
  const { file, server } = await start(t);
  await server.child.stop('SIGKILL');
  const locker = await lock(file);
  t.teardown(() => locker.stop('SIGKILL'));
  for (const workers of ['1', '2']) {
    const second = new Child(process.execPath, [
      ...['dist/main.js', '127.0.0.1', '0', '--data', file, '--workers', workers],
    ]);
    t.equal(await second.ended, 1);
    t.equal(second.log, `chat-server: ${file} is locked by another program\n`);
  }
  await locker.stop('SIGKILL');
  const third = await startServer(['--data', file]);
  t.equal(await third.child.stop(), 0);
});

t.test('a burst of messages for many who are offline holds up nobody else', async (t) => {
  const { file, server, one, two } = await start(t);
  await one.say({ groupdesc: '', groupname: 'group', id: 1, msgid: 8 });
  await one.settle();
  const db = new Sqlite(file, { timeout: 5000 });
  const members = Array.from({ length: 60 }, (_, i) => i + 100);
  db.exec(
    members.map((id) => `INSERT INTO user (id, name, password) VALUES (${id}, 'n${id}', 'pw')`).join(';'),
  );
  db.exec(members.map((id) => `INSERT INTO groupuser VALUES (1, ${id}, 'normal')`).join(';'));
  db.close();
  const text = (n: number) => JSON.stringify({ groupid: 1, id: 1, msg: `${n}`, msgid: 10 });
  await one.say(Array.from({ length: 1000 }, (_, n) => `${text(n)}\0`).join(''));
  await two.chat(2, 2, 'not behind it');
  t.equal((await two.hear()).msg, 'not behind it');
  t.ok(count(file, 'offlinemessage') < 60_000);
  await one.settle();
  t.equal(await server.child.stop(), 0);
  t.equal(count(file, 'offlinemessage'), 60_000);
});
