import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { check } from './checking.js';

// Databases as people have them: other keys, other charsets, other names.
t.setTimeout(600_000);
const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

/** A database whose tables were changed by these statements. */
async function changed(t: Test, name: string, ...statements: readonly string[]) {
  const url = await mariadb.createDatabase(name);
  const admin = await createConnection({ uri: url, charset: 'utf8mb4' });
  t.teardown(() => admin.end());
  for (const statement of statements) await admin.query(statement);
  return { url, admin };
}

async function started(t: Test, url: string, ...options: readonly string[]) {
  const server = await startServer(['--mysql', url, ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

t.test(
  'keys that keep rows out are named, at the start and by check, with the statement that helps',
  async (t) => {
    const { url, admin } = await changed(
      t,
      'narrow',
      'alter table friend add primary key (userid)',
      'alter table groupuser add unique one_group (userid)',
      'alter table offlinemessage add primary key (userid)',
      'alter table user add unique (password), add column email varchar(20) not null',
      'alter table allgroup modify id int not null',
    );
    const [status, output] = await check('--mysql', url);
    t.equal(status, 1);
    for (const found of [
      /broken keys `friend` has the unique key `PRIMARY` \(`userid`\): .*\n -> mysql .*ALTER TABLE `friend` DROP PRIMARY KEY/,
      /broken keys `groupuser` has the unique key `one_group`/,
      /broken keys `offlinemessage` has the unique key `PRIMARY`/,
      /broken keys `user` has the unique key `password`/,
      /broken keys `user`\.`email` has no default/,
      /broken keys `allgroup`\.`id` is not numbered/,
    ])
      t.match(output, found);
    const server = await started(t, url);
    await server.child.logged(/"msg":"the database keeps rows out: `friend` has the unique key/);
    await server.child.stop();
    for (const [, statement = ''] of output.matchAll(/'--execute=(ALTER [^']*)'/g))
      await admin.query(statement);
    t.match(await check('--mysql', url), [0, /fine keys/]);
    t.same((await admin.query('show index from friend where Non_unique = 0'))[0], []);
  },
);

t.test('the keys of chat.sql, of most forks and of init are fine', async (t) => {
  for (const [n, statements] of [
    [],
    ['alter table friend drop key userid, add primary key (userid, friendid)'],
    ['alter table friend add column id int auto_increment primary key'],
    ['alter table groupuser add unique (userid, groupid)', 'alter table allgroup drop key groupname'],
    ["alter table user add column email varchar(20) not null default ''"],
  ].entries()) {
    const { url } = await changed(t, `wide${n}`, ...statements);
    t.match(await check('--mysql', url), [0, /fine keys/], statements.join());
  }
});

t.test('a second friend that a key refuses is not answered as added', async (t) => {
  const { url, admin } = await changed(t, 'second', 'alter table friend add primary key (userid)');
  await admin.query("insert into user (name, password) values ('a', 'pw'), ('b', 'pw'), ('c', 'pw')");
  const { openMysql } = await import('../../src/store/mysql/mysql.js');
  const store = await openMysql({ url, charset: 'gbk' });
  t.teardown(() => store.close());
  t.equal(await store.addFriend(1, 2), true);
  t.equal(await store.addFriend(1, 2), true, 'it is there already');
  t.equal(await store.addFriend(1, 3), false, 'it is not');
  await admin.query('alter table groupuser add unique (userid)');
  t.equal(await store.addGroup(1, 1), true);
  t.equal(await store.addGroup(1, 1), true);
  t.equal(await store.addGroup(1, 2), false);
});

t.test('plain UTF-8 in the database: said at the start and by check, and what to do', async (t) => {
  const { url, admin } = await changed(t, 'plain');
  await admin.query("insert into user (name, password) values ('陆', 'pw'), ('张三', 'pw'), ('李雷', 'pw')");
  t.match(await check('--mysql', url), [
    0,
    /warning charset of the names 0 came over gbk, .* [23] are plain UTF-8: .*\n -> --mysql-charset utf8mb4/,
  ]);
  const server = await started(t, url);
  await server.child.logged(/are plain UTF-8: --mysql-charset gbk misreads some/);
  await server.child.stop();
  t.match(await check('--mysql', url, '--mysql-charset', 'utf8mb4'), [0, /fine charset/]);
  const right = await started(t, url, '--mysql-charset', 'utf8mb4');
  t.notMatch(right.child.log, /plain UTF-8/);
  const user = await User.connect(right);
  t.equal((await user.login(1)).name, '陆');
  await user.say({ msgid: 3, id: 1 });
  t.equal((await user.register('陆')).errno, 1, 'is taken');
  await user.close();
  await right.child.stop();
  const gbk = await started(t, url);
  const other = await User.connect(gbk);
  await other.register('王小明');
  await other.close();
  t.match(await check('--mysql', url), [0, /warning charset .*servers that say different charsets/]);
});

t.test('names with a question mark', async (t) => {
  const { url } = await changed(
    t,
    'marks',
    'alter table user change state `st?te` enum("online", "offline") default "offline"',
    'alter table friend change friendid `who?` int not null',
    'alter table groupuser rename to `members?`',
  );
  const folder = await import('../harness/folder.js').then(({ newFolder }) => newFolder());
  t.teardown(() => folder.remove());
  const { writeFileSync } = await import('node:fs');
  const dialect = `${folder.path}/marks.json`;
  writeFileSync(
    dialect,
    JSON.stringify({
      tables: {
        user: { columns: { state: 'st?te' } },
        friend: { columns: { friendid: 'who?' } },
        groupuser: 'members?',
      },
    }),
  );
  t.match(await check('--mysql', url, '--dialect', dialect), [0, /fine keys/]);
  const server = await started(t, url, '--dialect', dialect);
  const user = await User.connect(server);
  t.equal((await user.register('one')).errno, 0);
  t.equal((await user.login(1)).errno, 0);
  await user.say({ msgid: 7, id: 1, friendid: 1 });
  await user.say({ msgid: 8, id: 1, groupname: 'g', groupdesc: '' });
  await user.close();
  const again = await User.connect(server);
  t.match(await again.login(1), { errno: 0, friends: [/"name":"one"/], groups: [/"groupname":"g"/] });
  await again.close();
});
