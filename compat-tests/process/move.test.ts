import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { EmbeddedDatabase } from '../../src/store/embedded/database.js';
import { Child } from '../harness/child.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { startServer } from '../harness/server.js';
import type { Tables } from '../harness/tables.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
const mariadb = await MariaDb.start();
t.teardown(async () => {
  await mariadb.stop();
  folder.remove();
});

const UTF8 = ['--mysql-charset', 'utf8mb4'];
const SEEDED: Tables = {
  user: [
    { id: 1, name: '李雷', password: 'pw', state: 'offline' },
    { id: 2, name: 'two', password: 'pässword', state: 'offline' },
    { id: 7, name: '小李子', password: 'pw', state: 'offline' },
  ],
  friend: [
    { userid: 1, friendid: 2 },
    { userid: 1, friendid: 2 },
    { userid: 7, friendid: 1 },
  ],
  allgroup: [{ id: 3, groupname: 'group', groupdesc: 'a group' }],
  groupuser: [
    { groupid: 3, userid: 1, grouprole: 'creator' },
    { groupid: 3, userid: 7, grouprole: 'normal' },
  ],
  offlinemessage: [
    { userid: 2, message: '{"id":1,"msg":"one","msgid":6,"toid":2}' },
    { userid: 2, message: '{"id":1,"msg":"two","msgid":6,"toid":2}' },
    { userid: 7, message: '{"id":1,"msg":"three","msgid":6,"toid":7}' },
  ],
};

async function run(...args: string[]): Promise<[status: number | string, output: string]> {
  const child = new Child(process.execPath, ['dist/main.js', ...args]);
  return [await child.ended, child.log];
}

/** A file of an embedded database with these rows, and what reads them. */
async function embedded(name: string, tables: Partial<Tables> = {}) {
  const file = `${folder.path}/${name}`;
  await run('init', '--data', file);
  const seen = openEmbedded(file);
  await seen.seed(tables);
  await seen.close();
  return { file, rows: () => rowsOf(file) };
}

async function rowsOf(file: string): Promise<Tables> {
  const seen = openEmbedded(file);
  return await seen.rows().finally(() => seen.close());
}

for (const charset of ['gbk', 'utf8mb4'])
  t.test(
    `everything goes from a file into MySQL (${charset}) and back, and servers see the same`,
    async (t) => {
      const { file, rows } = await embedded(`from-${charset}`, SEEDED);
      const url = mariadb.url(`moved_${charset}`);
      const mysql = ['--mysql', url, '--mysql-charset', charset];
      t.equal((await run('init', '--utf8mb4', ...mysql))[0], 0);
      t.same(await run('move', 'mysql', '--data', file, ...mysql), [
        0,
        `copied from ${file} to ${new URL(url).host}/moved_${charset}: ` +
          '3 users, 3 friendships, 1 group, 2 memberships, 3 stored messages\n',
      ]);
      t.same(await rows(), SEEDED, 'the source stays as it is');
      const back = `${folder.path}/back-${charset}`;
      t.match(await run('move', 'embedded', '--data', back, ...mysql), [0, /3 users, 3 friendships/]);
      t.same(await rowsOf(back), SEEDED);

      const server = await startServer(mysql);
      t.teardown(() => server.child.stop('SIGKILL'));
      const two = await User.connect(server);
      const welcome = await two.login(2, 'pässword');
      t.same(
        welcome.offlinemsg,
        SEEDED.offlinemessage.slice(0, 2).map(({ message }) => message),
      );
      t.match(await two.register('another'), { errno: 0, id: 8 }, 'ids go on behind the last one');
      const one = await User.connect(server);
      const friends = (await one.login(1)).friends.map((text: string) => JSON.parse(text));
      t.match(friends[0], { id: 2, name: 'two' });
      await Promise.all([one.close(), two.close()]);
    },
  );

t.test('into a database that is not there: what is made holds Chinese', async (t) => {
  const chinese = { ...SEEDED, allgroup: [{ id: 3, groupname: '同学', groupdesc: '三年二班的同学' }] };
  const { file } = await embedded('classmates', chinese);
  for (const charset of ['gbk', 'utf8mb4']) {
    const mysql = ['--mysql', mariadb.url(`classmates_${charset}`), '--mysql-charset', charset];
    t.match(await run('move', 'mysql', '--data', file, ...mysql), [0, /3 users/]);
    const back = `${folder.path}/classmates-${charset}`;
    t.match(await run('move', 'embedded', '--data', back, ...mysql), [0, /3 users/]);
    t.same(await rowsOf(back), chinese);
  }
});

t.test('into a database that is not there: it is made', async (t) => {
  const { file } = await embedded('new', { user: [{ id: 1, name: 'a', password: 'p', state: 'online' }] });
  const url = mariadb.url('made');
  t.match(await run('move', 'mysql', '--data', file, '--mysql', url), [0, /: 1 user, /]);
  const moved = await openMysql(url);
  t.same((await moved.rows()).user, [{ id: 1, name: 'a', password: 'p', state: 'offline' }]);
  await moved.close();
});

t.test('what is in tables that the original does not have is not copied, which a line says', async (t) => {
  const { file } = await embedded('left', SEEDED);
  const own = new EmbeddedDatabase({ file });
  own.prepare('INSERT INTO friendrequest (userid, friendid) VALUES (1, 2)').run();
  own
    .prepare('INSERT INTO chatseq VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(1, 1, 1, 'here', '', 2, 0, 1_700_000_000);
  own.close();
  const mysql = ['--mysql', mariadb.url('left')];
  const [status, output] = await run('move', 'mysql', '--data', file, ...mysql);
  t.equal(status, 0);
  t.equal(
    output.split('\n')[1],
    'not copied: friend requests that nobody has answered, the numbers of messages',
  );
  const moved = await createConnection(mariadb.url('left'));
  await moved.query('create table historymessage (number int)');
  await moved.query('create table websession (userid int)');
  await moved.query('insert into historymessage values (1)');
  await moved.end();
  const back = await run('move', 'embedded', '--data', `${folder.path}/left-back`, ...mysql);
  t.match(back, [0, /3 stored messages\nnot copied: the history\n$/], 'of an empty table nothing is said');
});

t.test('a stored message that is too long for the column is stored there in parts', async (t) => {
  const message = JSON.stringify({ id: 1, msg: 'x'.repeat(1200), msgid: 6, toid: 2 });
  const { file } = await embedded('long', { offlinemessage: [{ userid: 2, message }] });
  const url = mariadb.url('parts');
  t.match(await run('move', 'mysql', '--data', file, '--mysql', url), [0, /1 stored message\n/]);
  const moved = await openMysql(url);
  const parts = (await moved.rows()).offlinemessage.map((row) => JSON.parse(String(row.message)).msg);
  t.equal(parts.join(''), 'x'.repeat(1200));
  t.equal(parts.length, 3);
  await moved.close();
});

t.test('what cannot be is said in one line, and nothing is moved', async (t) => {
  const seeded = { ...SEEDED, allgroup: [{ id: 3, groupname: '中文', groupdesc: '' }] };
  const { file, rows } = await embedded('source', seeded);
  const url = await mariadb.createDatabase('target');
  const target = await openMysql(url);
  t.teardown(() => target.close());
  const mysql = ['--mysql', url];
  t.match(await run('move', 'mysql', '--data', file), [2, /which MySQL database\?/]);
  t.match(await run('move', 'oracle', '--data', file, ...mysql), [2, /cannot move to oracle/]);
  t.match(await run('move', 'mysql', '--data', '/nowhere', ...mysql), [
    1,
    /nothing is moved: there is no \/nowhere/,
  ]);
  t.match(await run('move', 'mysql', '--data', file, ...mysql, ...UTF8), [
    1,
    /^chat-server: nothing is moved: the row 3 of allgroup does not fit: .*\n$/,
  ]);
  t.same((await target.rows()).user, [], 'not even a part');
  await target.seed({ friend: [{ userid: 1, friendid: 2 }] });
  t.match(await run('move', 'mysql', '--data', file, ...mysql), [
    1,
    /target is not empty: there are friendships;/,
  ]);
  t.match(await run('move', 'embedded', '--data', file, ...mysql), [
    1,
    /source is not empty: there are users, /,
  ]);
  t.same(await rows(), seeded);
  await target.seed({ user: [{ id: 1, name: 'a', password: 'p', state: 'online' }] });
  t.match(await run('move', 'embedded', '--data', `${folder.path}/none`, ...mysql), [
    1,
    /1 user is online in .*--fix/,
  ]);
  const server = await startServer(['--data', file]);
  t.teardown(() => server.child.stop('SIGKILL'));
  t.match(await run('move', 'mysql', '--data', file, ...mysql), [1, /in use by another chat-server/]);
});
