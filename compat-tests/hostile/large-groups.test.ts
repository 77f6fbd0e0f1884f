import { join } from 'node:path';
import Sqlite from 'libsql';
import t, { type Test } from 'tap';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { newFolder } from '../harness/folder.js';
import type { Server } from '../harness/server.js';
import { measured, startProbed } from '../harness/stalls.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** The longest that logins may hold up all others, in ms of CPU time. */
const MOST = 50;

/** A server with so many accounts, all of them in so many groups. */
async function crowded(t: Test, accounts: number, groups: number): Promise<Server> {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  await (await openThreaded({ file })).close();
  const rows = new Sqlite(file);
  const upTo = (last: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${last})`;
  rows.exec(`INSERT INTO user (name, password) ${upTo(accounts)} SELECT 'user ' || i, 'pw' FROM n`);
  rows.exec(`INSERT INTO allgroup (groupname) ${upTo(groups)} SELECT 'group ' || i FROM n`);
  rows.exec(`INSERT INTO groupuser SELECT g.id, u.id, 'normal' FROM allgroup g, user u`);
  rows.close();
  const server = await startProbed(['--data', file, '--login-failures', '0']);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  // The first time takes longer, as the code is compiled then.
  const user = await User.connect(server);
  await user.register('first');
  await user.login(accounts + 1);
  await measured(server);
  return server;
}

t.test('a login of somebody in groups with very many members holds up nobody', async (t) => {
  const server = await crowded(t, 4000, 60);
  await User.online(server, 1);
  const { stall } = await measured(server);
  t.ok(stall <= MOST, `held up for ${stall} ms`);
});

t.test('neither do all members of a group who log in at once', async (t) => {
  const server = await crowded(t, 800, 1);
  const users = await Promise.all(Array.from({ length: 800 }, () => User.connect(server)));
  await measured(server);
  await Promise.all(users.map((user, n) => user.say({ id: n + 1, msgid: 1, password: 'pw' })));
  // One after another: each has its time from when the one before was answered, however busy the machine is.
  for (const user of users) t.equal((await user.hear()).errno, 0);
  const { stall } = await measured(server);
  t.ok(stall <= MOST, `held up for ${stall} ms`);
});

t.test('nor do members who write, in the same moment, to a group of thousands who are away', async (t) => {
  const server = await crowded(t, 2000, 1);
  const writers = [1, 2, 3, 4, 5, 6];
  const users = await Promise.all(writers.map((id) => User.online(server, id)));
  const write = async (some: readonly User[]) => {
    await Promise.all(some.map((user, i) => user.groupChat(i + 1, 1, 'hello')));
    await Promise.all(some.map((user) => user.settle()));
  };
  // The first time takes longer, as the code is compiled then.
  for (let i = 0; i < 2; i++) await write(users.slice(0, 1));
  await measured(server);
  await write(users);
  const { stall } = await measured(server);
  t.ok(stall <= MOST, `held up for ${stall} ms`);
});
