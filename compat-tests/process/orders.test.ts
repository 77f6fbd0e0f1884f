import { writeFileSync } from 'node:fs';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
const secret = `${folder.path}/token`;
writeFileSync(secret, 'a token of sixteen characters or more\n');
const server = await startServer([
  ...[
    '--data',
    ':memory:',
    '--pace',
    '0',
    '--workers',
    '2',
    '--name',
    'node-a',
    '--admin',
    '0',
    '--admin-token-file',
    secret,
  ],
]);
const [, admin = ''] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
t.teardown(async () => {
  await server.child.stop('SIGKILL');
  folder.remove();
});

async function order(...args: string[]): Promise<[status: number | string, output: string]> {
  const child = new Child(process.execPath, ['dist/main.js', ...args]);
  return [await child.ended, child.log];
}

t.test('who is here, a word to all, and an end for one', async (t) => {
  const given = ['--admin', admin, '--admin-token-file', secret];
  t.same(await order('users', ...given), [0, '']);
  const begun = Date.now();
  const users = [await User.connect(server), await User.connect(server), await User.connect(server)] as const;
  for (const [n, user] of users.entries()) {
    await user.register(`user${n}`);
    await user.login(n + 1);
  }
  const before = Date.now();
  const [status, told] = await order('users', ...given);
  t.equal(status, 0);
  const rows = told
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  t.same(
    rows.map(([id, address, name, , , node]) => [id, address, name, node]),
    [1, 2, 3].map((id) => [`${id}`, '127.0.0.1', `user${id - 1}`, 'node-a']),
  );
  for (const [, , , since = '', idle = ''] of rows) {
    const at = Date.parse(since);
    t.ok(at >= begun - 1000 && at <= before, since);
    t.match(idle, /^\d+$/);
  }
  t.same(await order('say', 'back at five: 五点回来', ...given), [0, '3 users were told\n']);
  for (const user of users) t.match(await user.hear(), { msg: 'back at five: 五点回来', name: 'server' });
  t.match(await order('kick', '2', ...given), [
    0,
    /^the connection of user 2 is ended\nthe user may log in again at once: --for /,
  ]);
  t.same(await users[1].rest(), []);
  t.same(await order('kick', '9', ...given), [1, 'chat-server: user 9 is not logged in on this server\n']);
  t.same(await users[0].settle(), []);
  for (const user of users) await user.close();
});

t.test('who is kicked for some time is kept out by all workers, as if the account were in use', async (t) => {
  const given = ['--admin', admin, '--admin-token-file', secret];
  const [kicked, other] = [await User.online(server, 1, 'pw'), await User.online(server, 3, 'pw')] as const;
  t.same(await order('kick', '1', '--for', '15', ...given), [
    0,
    'the connection of user 1 is ended\n' +
      'user 1 may not log in for 15 minutes, on no node of the cluster\n',
  ]);
  t.same(await kicked.rest(), []);
  await other.chat(3, 1, 'for later');
  t.same(await other.settle(), [], 'the others stay, and may write to her');
  // Connections go to the workers in turn.
  for (let attempt = 0; attempt < 4; attempt++) {
    const again = await User.connect(server);
    t.match(await again.login(1, 'pw'), { msgid: 2, errno: 2, errmsg: /this account is using/ });
    t.match(await again.login(1, 'wrong'), { msgid: 2, errno: 1 }, 'who has no password learns nothing');
    await again.close();
  }
  t.match(await order('kick', '2', '--for', '1', ...given), [
    0,
    /^user 2 may not log in for 1 minute, on no node/,
  ]);
  await other.close();
});

t.test('orders to several nodes at once; one that does not answer does not stop the others', async (t) => {
  const data = `${folder.path}/b.db`;
  const other = await startServer([
    ...['--data', data, '--pace', '0', '--name', 'node-b'],
    ...['--admin', '0', '--admin-token-file', secret],
  ]);
  t.teardown(() => other.child.stop('SIGKILL'));
  const [, port = ''] = await other.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const [here, there] = [await User.connect(server), await User.connect(other)] as const;
  await here.register('somebody else');
  await here.login(4);
  await there.register('somebody');
  await there.login(1);
  const both = ['--admin', admin, '--admin-peers', `localhost:${port}`, '--admin-token-file', secret];
  const [status, told] = await order('users', ...both);
  t.equal(status, 0);
  t.match(told, /^1\t.*\tnode-b\n4\t.*\tnode-a\n$/);
  t.same(await order('say', 'to all', ...both), [0, '2 users were told\n']);
  t.match([await here.hear(), await there.hear()], [{ msg: 'to all' }, { msg: 'to all' }]);
  t.match(await order('user', 'somebody', '--data', data, ...both), [
    0,
    /^id +1\nname +somebody\n.*\nnode +node-b, since \S+Z, from 127.0.0.1, silent for \d+ seconds?\n$/s,
  ]);
  const dead = await freePort();
  const some = ['--admin-peers', `${port},localhost:${dead}`, '--admin-token-file', secret];
  const [failed, output] = await order('users', ...some);
  t.equal(failed, 1);
  t.match(output, `nobody answers on the admin port localhost:${dead}: ECONNREFUSED\n`);
  t.match(output, /^1\t.*node-b$/m);
  t.same(await order('kick', '9', ...both), [1, 'chat-server: user 9 is not logged in on these servers\n']);
  t.match(await order('kick', '1', ...both), [0, /^the connection of user 1 is ended\n/]);
  t.same(await there.rest(), []);
  t.match(await order('user', '1', '--data', data, ...both), [
    0,
    /\nnode +on none of those that were asked\n$/,
  ]);
  t.match(await order('users', '--admin-peers', 'a b:1', '--admin-token-file', secret), [
    2,
    /--admin-peers.* is no list of admin ports, as /,
  ]);
  await here.close();
});

t.test('what cannot be is said in one line', async (t) => {
  const wrong = `${folder.path}/wrong`;
  writeFileSync(wrong, 'a token that is not the right one');
  const refused = async (...args: string[]) => (await order(...args)).join(' ').trim();
  t.equal(await refused('users'), '2 chat-server: which server? give its --admin [IP:]PORT');
  t.match(
    await refused('users', '--admin', admin),
    /^2 .*: the server wants a token: --admin-token-file FILE$/,
  );
  const given = ['--admin-token-file', wrong, '--admin'];
  t.equal(
    await refused('users', ...given, admin),
    '1 chat-server: the server says: the token is not the right one',
  );
  t.match(
    await refused('users', ...given, `${await freePort()}`),
    /^1 .*: nobody answers on the admin port \d+: ECONNREFUSED$/,
  );
  const right = ['--admin-token-file', secret, '--admin', admin];
  t.match(await refused('kick', 'x', ...right), /^1 .*: the server says: not a user id$/);
  t.match(await refused('say', 'x'.repeat(600), ...right), /^1 .*: the server says: more than 500 bytes$/);
  t.match(await refused('kick', '1', '--for', '0', ...right), /^2 .*--for.* is below 1$/);
  t.match(await refused('say', 'x', '--for', '5', ...right), /^2 .*: --for goes with kick$/);
  t.match(await refused('kick', ...right), /^2 .*: usage: chat-server kick ID \[options\]$/);
});
