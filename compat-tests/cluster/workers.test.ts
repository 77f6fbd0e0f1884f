import t from 'tap';
import { childrenOf, holder } from '../harness/children.js';
import { until } from '../harness/deadline.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const folder = newFolder();
const file = `${folder.path}/chat.db`;
const server = await startServer(['--data', file, '--pace', '0', '--workers', '2']);
t.teardown(async () => {
  await server.child.stop('SIGKILL');
  folder.remove();
});

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const ids = numbers(8).map((n) => n + 1);

const workers = () => childrenOf(server.child.pid);

t.test('users on both workers chat in order, and groups reach all', async (t) => {
  t.equal(workers().length, 2);
  const users: User[] = [];
  for (const id of ids) {
    const user = await User.connect(server);
    t.equal((await user.register(`u${id}`)).id, id);
    t.equal((await user.login(id)).errno, 0);
    users.push(user);
  }
  const [first, ...others] = users;
  if (first === undefined) throw new Error('no user');
  await first.say({ id: 1, msgid: 8, groupname: 'all', groupdesc: '' });
  await first.settle();
  for (const [n, user] of others.entries()) {
    await user.say({ groupid: 1, id: n + 2, msgid: 9 });
    await user.settle();
  }
  for (const n of numbers(100)) await first.groupChat(1, 1, `g ${n}`);
  for (const n of numbers(100)) for (const id of ids.slice(1)) await first.chat(1, id, `m ${n}`);
  for (const user of others) {
    for (const n of numbers(100)) t.equal((await user.hear()).msg, `g ${n}`);
    for (const n of numbers(100)) t.equal((await user.hear()).msg, `m ${n}`);
  }
  const again = await Promise.all(ids.map(async (id) => (await User.connect(server)).login(id)));
  t.same(
    again.map(({ errno }) => errno),
    Array(8).fill(2),
    'nobody logs in twice',
  );
  await Promise.all(users.map((user) => user.close()));
});

t.test('a worker that is killed is replaced, and its users may log in again', async (t) => {
  const users = await Promise.all(ids.map((id) => User.online(server, id)));
  const [user] = users;
  const [id] = ids;
  if (user === undefined || id === undefined) throw new Error('no user');
  const victim = holder(workers(), server.port, user.client.port);
  if (victim === undefined) throw new Error('no worker');
  process.kill(victim, 'SIGKILL');
  await user.rest();
  await server.child.logged(/a worker ended and is replaced/);
  // The primary process may hear of it before the other worker does.
  const back = await User.connect(server);
  await until(
    async () => (await back.login(id)).errno === 0,
    'the other worker to know that its users are free',
  );
  const other = await User.connect(server);
  t.equal((await other.login(id)).errno, 2, 'on one worker only');
  await Promise.all([...users, back, other].map((user) => user.close()));
});

t.test('SIGTERM stops all workers with all users offline', async (t) => {
  for (const id of ids) await User.online(server, id);
  t.equal(await server.child.stop('SIGTERM'), 0);
  t.same(await openEmbedded(file).online(), []);
});
