import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { check } from './checking.js';

// Each check is a process of its own.
t.setTimeout(600_000);
const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));

/** A new database with rows, and what to check it with. */
async function database(t: Test, name: string) {
  const url = await mariadb.createDatabase(name);
  const rows = await openMysql(url);
  t.teardown(() => rows.close());
  return { url, rows, options: ['--mysql', url, '--redis', redis.url] };
}

const user = (id: number, state = 'offline') => ({ id, name: `u${id}`, password: 'pw', state });

t.test('a database that cannot be reached', async (t) => {
  t.match(await check('--mysql', 'mysql://root:hunter2@127.0.0.1:1/chat'), [
    1,
    /^((?!hunter2).)*ECONNREFUSED/s,
  ]);
  t.match(await check('--mysql', mariadb.url('chat').replace('123456', 'hunter2')), [
    1,
    /broken database .*denied/,
  ]);
  t.match(await check('--mysql', 'mysql://127.0.0.1:1/c', '--redis', 'redis://127.0.0.1:1'), [
    1,
    /broken Redis Redis at 127\.0\.0\.1:1 cannot be reached/,
  ]);
});

t.test('a database as it should be', async (t) => {
  const { rows, options } = await database(t, 'good');
  await rows.seed({ user: [user(1)] });
  const [, before] = await check(...options, '--mysql-charset', 'utf8mb4');
  t.match(
    before,
    /warning columns allgroup\.groupname is latin1: no Chinese; allgroup\.groupdesc is .*\n -> .* node dist\/main\.js init --utf8mb4 --mysql-file/,
  );
  t.equal(await new Child(process.execPath, ['dist/main.js', 'init', '--utf8mb4', ...options]).ended, 0);
  const [status, output] = await check(...options, '--mysql-charset', 'utf8mb4', '--fix');
  t.equal(status, 0);
  for (const about of ['database', 'strict mode', 'clock', 'tables', 'columns', 'rows', 'users', 'Redis']) {
    t.match(output, new RegExp(`^fine ${about} `, 'm'));
  }
  const [, again] = await check(...options, '--mysql-charset', 'utf8mb4');
  t.notMatch(again, /warning(?! open files)|broken/);
});

t.test('missing tables, and a missing database: --fix creates them', async (t) => {
  const url = mariadb.url('missing');
  t.match(await check('--mysql', url), [
    1,
    /broken database there is no 127\.0\.0\.1:\d+\/missing\n -> .* init --mysql-file/,
  ]);
  t.match(await check('--mysql', url, '--fix'), [
    0,
    /mended database created the database missing, allgroup, friend[\s\S]*fine tables[\s\S]*fine index[\s\S]*fine rows/,
  ]);
  t.match(await check('--mysql', url), [0, /fine tables/]);
});

t.test('an account that may have fewer connections than the node wants', async (t) => {
  const { url, options } = await database(t, 'narrow');
  const connection = await createConnection(url);
  t.teardown(() => connection.end());
  await connection.query("create user clerk identified by '123456' with max_user_connections 5");
  await connection.query('grant all on narrow.* to clerk');
  const [, ...others] = options;
  const asClerk = ['--mysql', ...others].map((text) => text.replace('root:', 'clerk:'));
  t.match(await check(...asClerk), [
    0,
    /warning connections this node has 8 at most, and this account allows 5: .*\n -> --mysql-pool 5/,
  ]);
  t.match(await check(...asClerk, '--mysql-pool', '5'), [0, /fine connections/]);
  const workers = ['--mysql-pool', '6', '--workers', '2'];
  t.match(await check(...asClerk, ...workers), [0, /warning connections this node has 6/]);
});

t.test('a table that is missing does not keep the others from being looked at', async (t) => {
  const { url, rows, options } = await database(t, 'partly');
  await rows.seed({
    friend: [
      { userid: 1, friendid: 2 },
      { userid: 1, friendid: 2 },
    ],
  });
  const connection = await createConnection(url);
  t.teardown(() => connection.end());
  await connection.query('drop table groupuser');
  const [status, output] = await check(...options);
  t.equal(status, 1);
  t.match(output, /broken tables there is no groupuser\n -> .* init /);
  t.match(
    output,
    /warning columns allgroup\.groupname[\s\S]*warning index [\s\S]*-> .* check --fix [\s\S]*warning rows 1 stands/,
  );
  const [fixed, mended] = await check(...options, '--fix');
  t.equal(fixed, 0);
  t.match(mended, /mended tables created groupuser\nmended index made the index\nmended rows removed 1 copy/);
  t.match(mended, /fine tables all five[\s\S]*fine index[\s\S]*fine rows none stands twice in groupuser/);
});

t.test('strict mode that is off', async (t) => {
  const { url, options } = await database(t, 'lax');
  const connection = await createConnection(url);
  t.teardown(async () => {
    await connection.query("set global sql_mode = 'STRICT_TRANS_TABLES'");
    await connection.end();
  });
  await connection.query("set global sql_mode = ''");
  t.match(await check(...options), [
    0,
    /warning strict mode off: .*\n -> mysql --host=127\.0\.0\.1 .*SET GLOBAL/,
  ]);
});

t.test('--fix mends the index, copies of rows and users who are stuck, and nothing else', async (t) => {
  const { rows, options } = await database(t, 'fix');
  const friend = (userid: number, friendid: number) => ({ userid, friendid });
  const member = (userid: number, grouprole: string) => ({ groupid: 1, userid, grouprole });
  const seeded = {
    user: [user(1, 'online'), user(2, 'online'), user(3)],
    friend: [friend(1, 2), friend(1, 2), friend(1, 2), friend(2, 1)],
    allgroup: [{ id: 1, groupname: 'g', groupdesc: '' }],
    groupuser: [member(1, 'normal'), member(1, 'creator'), member(2, 'normal')],
    offlinemessage: [
      { userid: 3, message: '{}' },
      { userid: 3, message: '{}' },
    ],
  };
  await rows.seed({ ...seeded, user: [user(1, 'online'), user(2), user(3)] });
  const server = await startServer(options);
  t.teardown(() => server.child.stop('SIGKILL'));
  const here = await User.online(server, 2);
  const before = await rows.rows();

  const [status, found] = await check(...options);
  t.equal(status, 0);
  t.match(found, /warning index every login reads all/);
  t.match(found, /warning rows 1 stands more than once in friend/);
  t.match(found, /warning rows 1 stands more than once in groupuser/);
  t.match(found, /warning users 1 of 2 online are on no node/);
  t.same(await rows.rows(), before, 'looking changes nothing');

  const [, mended] = await check(...options, '--fix');
  t.match(mended, /mended index made the index\nmended rows removed 2 copies from friend\n/);
  t.match(mended, /mended rows removed 1 copy from groupuser\nmended users set 1 user offline\n/);
  t.same(await rows.rows(), {
    ...seeded,
    user: [user(1), user(2, 'online'), user(3)],
    friend: [friend(1, 2), friend(2, 1)],
    groupuser: [member(1, 'creator'), member(2, 'normal')],
  });
  const [, again] = await check(...options);
  t.notMatch(again, /warning (index|rows|users)/);
  t.same(await here.settle(), []);
  await here.close();
});

t.test('--fix sets nobody offline by a Redis that is not that of the nodes', async (t) => {
  const another = await Redis.start();
  t.teardown(() => another.stop());
  const [one, two] = [await database(t, 'live'), await database(t, 'beside')];
  for (const { rows } of [one, two])
    await rows.seed({ user: [user(1), user(2), user(3), user(4, 'online')] });
  const server = await startServer(one.options);
  t.teardown(() => server.child.stop('SIGKILL'));
  const people = [await User.online(server, 1), await User.online(server, 2)];
  const online = async () => (await one.rows.rows()).user.filter(({ state }) => state === 'online').length;
  const wrong = ['--mysql', one.url, '--redis', another.url, '--fix'];

  t.match(await check(...wrong), [0, /warning users 3 of 3 .* but no node is seen on this Redis at all/]);
  t.equal(await online(), 3);
  const beside = await startServer(['--mysql', two.url, '--redis', another.url]);
  t.teardown(() => beside.child.stop('SIGKILL'));
  people.push(await User.online(beside, 1), await User.online(beside, 3));
  t.match(await check(...wrong), [0, /this Redis has users who are not online in this database \(3\)/]);
  t.match(await check(...one.options, '--fix', '--all-stopped'), [0, /but nodes do run/]);
  t.equal(await online(), 3);
  t.match(await check(...one.options, '--fix'), [0, /mended users set 1 user offline/]);
  t.equal(await online(), 2);

  for (const person of people) await person.close();
  for (const { child } of [server, beside]) await child.stop('SIGKILL');
  await one.rows.seed({ user: [user(1, 'online')] });
  const { options, url } = one;
  t.match(await check(...options, '--fix'), [
    0,
    /no node is seen on this Redis[\s\S]*-> (?:\(umask [^)]*\) && )?node \S+ check .*--all-stopped$/m,
  ]);
  t.equal(await online(), 1);
  t.match(await check(...options, '--fix', '--all-stopped'), [0, /mended users set 1 user offline/]);
  await one.rows.seed({ user: [user(1, 'online')] });
  t.match(
    await check('--mysql', url, '--fix'),
    [0, /fine users 1 online/],
    'without a Redis nobody can tell',
  );
  t.equal(await online(), 1);
  t.match(await check('--mysql', url, '--fix', '--all-stopped'), [0, /mended users set 1 user offline/]);
  t.equal(await online(), 0);
});

t.test('a Redis user who lacks rights', async (t) => {
  const limited = await Redis.start({
    args: ['--user', 'clerk', 'on', '>pw', 'resetchannels', '-@all', '+ping', '+info'],
  });
  t.teardown(() => limited.stop());
  const url = await mariadb.createDatabase('rights');
  const [status, output] = await check(
    '--mysql',
    url,
    '--redis',
    `redis://clerk:pw@127.0.0.1:${limited.port}`,
  );
  t.equal(status, 1);
  t.match(output, /broken Redis .*\n -> redis-cli -h 127\.0\.0\.1 -p \d+ ACL SETUSER clerk/);
});

t.test('an account that may not do with the tables what the server does', async (t) => {
  const { url, options } = await database(t, 'clerk');
  const administrator = await createConnection(url);
  t.teardown(() => administrator.end());
  for (const statement of [
    "CREATE USER clerk@'127.0.0.1' IDENTIFIED BY 'pw'",
    "GRANT SELECT, INSERT, UPDATE ON clerk.* TO clerk@'127.0.0.1'",
  ])
    await administrator.query(statement);
  const given = ['--mysql', `mysql://clerk:pw@127.0.0.1:${mariadb.port}/clerk`, ...options.slice(2)];
  const [status, output] = await check(...given, '--web', '0', '--history', '1', '--friend-requests');
  t.equal(status, 1);
  const [, lost = '', remedy = ''] =
    /broken account may not (.*): .*\n -> .*--execute='?(.*)'?/.exec(output) ?? [];
  t.match(
    lost,
    /DELETE on friend; DELETE on allgroup; DELETE on groupuser; DELETE on offlinemessage; CREATE on/,
  );
  for (const table of ['chatseq', 'websession', 'friendrequest', 'historymember'])
    t.match(lost, new RegExp(`CREATE on ${table}`), table);
  t.notMatch(lost, /SELECT|INSERT|UPDATE| on user/, 'these it has');

  // The remedy, as the shell would give it to mysql.
  const sql = remedy.replace(/'$/, '').replaceAll("'\\''", "'");
  for (const statement of sql.split('; ')) await administrator.query(statement);
  const again = await check(...given, '--web', '0', '--history', '1', '--friend-requests');
  t.match(again, [0, /fine account may do all/]);
  const tables = await administrator.query('show tables');
  t.equal((tables[0] as unknown[]).length, 5, 'a check changes nothing');
});
