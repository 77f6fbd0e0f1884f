import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { Child } from '../harness/child.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { page } from './pages.js';

const { text } = page('SECURITY.md');
const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));

/** Carries out what the page says to the administrators of the database and of Redis. Returns the options of a node. */
async function locked(): Promise<string[]> {
  const admin = await createConnection(await mariadb.createDatabase('chat'));
  const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(text) ?? [];
  const statements = sql.split(';').map((statement) => statement.trim());
  for (const statement of statements.filter((statement) => statement !== ''))
    await admin.query(statement.replace("'10.0.0.%'", "'127.0.0.1'").replace('a long one', 'secret'));
  await admin.end();
  const [acl = ''] = /^ *ACL SETUSER chat .*$/m.exec(text) ?? [];
  const cli = new Child('redis-cli', ['-p', `${redis.port}`, ...acl.trim().split(' ')]);
  t.equal(await cli.ended, 0);
  t.equal(cli.log, 'OK\n');
  return [
    ...['--mysql', `mysql://chat:secret@127.0.0.1:${mariadb.port}/chat`],
    ...['--redis', `redis://chat:password@127.0.0.1:${redis.port}`, '--pace', '0'],
  ];
}

t.test('with the rights that SECURITY.md grants, and no more, everything works', async (t) => {
  const options = await locked();
  const nodes = [await startServer(options), await startServer(options)] as const;
  t.teardown(() => nodes.map(({ child }) => child.stop('SIGKILL')));
  const [alice, bob] = [await User.connect(nodes[0]), await User.connect(nodes[1])];
  for (const name of ['alice', 'bob', 'carol']) await alice.register(name);
  await alice.login(1);
  await bob.login(2);
  await alice.chat(1, 2, 'to another node');
  t.equal((await bob.hear()).msg, 'to another node');
  await alice.chat(1, 3, 'for later');
  await alice.say({ msgid: 7, id: 1, friendid: 2 });
  await alice.say({ msgid: 8, id: 1, groupname: 'friends', groupdesc: 'of alice' });
  await alice.settle();
  await bob.say({ msgid: 9, id: 2, groupid: 1 });
  await bob.settle();
  await alice.say({ msgid: 10, id: 1, groupid: 1, msg: 'to all' });
  t.equal((await bob.hear()).msg, 'to all');
  await bob.say({ msgid: 107, id: 2, groupid: 1 });
  t.match(await bob.hear(), { errno: 0, msgid: 108 });
  for (const request of [
    { msgid: 6, toid: 2, msg: 'with a number', seq: 1 },
    { msgid: 105, friendid: 2 },
    { msgid: 113, groupid: 1, groupname: 'others' },
    { msgid: 109, groupid: 1 },
    { msgid: 117, password: 'pw', newpassword: 'other' },
  ]) {
    await alice.say({ id: 1, ...request });
    t.match(await alice.hear(), { errno: 0 }, JSON.stringify(request));
  }
  const carol = await User.connect(nodes[1]);
  t.match(await carol.login(3), { offlinemsg: [/for later/] });
  for (const { child } of nodes) t.equal(await child.stop(), 0);
  for (const { child } of nodes) t.notMatch(child.log, /denied|is away|failed|"level":(50|60)/);
});
