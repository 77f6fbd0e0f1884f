import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { renamedTables } from '../harness/schema.js';
import { check } from './checking.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

async function init(...options: string[]): Promise<[status: number | string, output: string]> {
  const child = new Child(process.execPath, ['dist/main.js', 'init', ...options]);
  return [await child.ended, child.log];
}

const people = [{ id: 1, name: 'one', password: 'pw', state: 'offline' }];

t.test('chat.sql loaded again keeps every row', async (t) => {
  const url = await mariadb.createDatabase('chat');
  const database = await openMysql(url);
  t.teardown(() => database.close());
  await database.seed({ user: people });
  const loader = await createConnection({ uri: mariadb.url(), multipleStatements: true });
  t.teardown(() => loader.end());
  await loader.query(readFileSync('chat.sql', 'utf8'));
  t.same((await database.rows()).user, people);
});

t.test('init makes the database and the tables that are missing, and nothing else', async (t) => {
  const url = mariadb.url('new-chat');
  t.same(await init('--mysql', url), [
    0,
    `127.0.0.1:${mariadb.port}/new-chat: created the database new-chat, allgroup, friend, groupuser, offlinemessage, user\n`,
  ]);
  const database = await openMysql(url);
  t.teardown(() => database.close());
  await database.seed({ user: people });
  const [status, output] = await init('--mysql', url);
  t.same([status, output], [0, `127.0.0.1:${mariadb.port}/new-chat: nothing was missing\n`]);
  t.same((await database.rows()).user, people);
});

t.test(
  'what init makes passes its own check, holds every text, and can be exactly the original tables',
  async (t) => {
    const url = mariadb.url('wide');
    t.equal((await init('--mysql', url))[0], 0);
    const [status, found] = await check('--mysql', url);
    t.equal(status, 0);
    t.notMatch(found, /^(warning (?!open files)|broken)/m);
    for (const about of ['columns hold all', 'keys', 'charset', 'index'])
      t.match(found, new RegExp(`^fine ${about} `, 'm'));
    const admin = await createConnection({ uri: url, charset: 'utf8mb4' });
    t.teardown(() => admin.end());
    const texts = { name: '陆', group: '同学😀', message: '你好😀' };
    await admin.query('insert into user (name, password) values (?, ?)', [texts.name, texts.message]);
    await admin.query('insert into allgroup (groupname, groupdesc) values (?, ?)', [
      texts.group,
      texts.message,
    ]);
    await admin.query('insert into offlinemessage (userid, message) values (1, ?)', [texts.message]);
    const [rows] = await admin.query(
      'select name, groupname as `group`, message from user, allgroup, offlinemessage',
    );
    t.same(rows, [texts]);

    const original = mariadb.url('as_original');
    t.equal((await init('--mysql', original, '--original-tables'))[0], 0);
    const made = await createConnection(original);
    const loaded = await createConnection(await mariadb.createDatabase('loaded'));
    t.teardown(() => Promise.all([made.end(), loaded.end()]));
    for (const table of ['allgroup', 'friend', 'groupuser', 'offlinemessage', 'user']) {
      const shown = async (of: typeof made) => (await of.query(`show create table ${table}`))[0];
      t.same(await shown(made), await shown(loaded), table);
    }
  },
);

t.test('options of MySQL without a database are told of: no file is made', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  for (const option of ['--utf8mb4', '--original-tables']) {
    const file = `${folder.path}/none.db`;
    t.match(await init(option, '--data', file), [
      2,
      /is about MySQL: name the database with --mysql-file FILE/,
    ]);
    t.notOk(existsSync(file));
  }
});

t.test(
  'init takes the tables of a fork for its own, and makes what is missing with the names of its dialect',
  async (t) => {
    const url = await mariadb.createDatabase('fork', renamedTables({ user: 'User', allgroup: 'All_Group' }));
    const admin = await createConnection({ uri: url, multipleStatements: true });
    t.teardown(() => admin.end());
    await admin.query('drop table groupuser; drop table offlinemessage');
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const dialect = join(folder.path, 'fork.json');
    const tables = {
      offlinemessage: 'OfflineMsg',
      groupuser: { table: 'Members', columns: { grouprole: 'role' } },
    };
    writeFileSync(dialect, JSON.stringify({ tables }));
    const where = `127.0.0.1:${mariadb.port}/fork`;
    const options = ['--mysql', url, '--dialect', dialect];
    t.same(await init(...options), [0, `${where}: created Members, OfflineMsg\n`]);
    t.same(await init(...options, '--utf8mb4'), [
      0,
      [
        `${where}: nothing was missing`,
        `${where}: All_Group.groupname is latin1: no Chinese`,
        `${where}: All_Group.groupdesc is latin1: no Chinese`,
        `${where}: User.name is utf8mb3: no emoji and rare characters`,
        `${where}: User.password is utf8mb3: no emoji and rare characters`,
        `${where}: changed to utf8mb4 All_Group, User`,
        '',
      ].join('\n'),
    ]);
  },
);

t.test('init says what stops it, in one line', async (t) => {
  const [status, output] = await init('--mysql', `mysql://nobody:x@127.0.0.1:${mariadb.port}/chat`);
  t.equal(status, 1);
  t.match(output, /^chat-server: cannot set up .*: Access denied for user 'nobody'.*\n$/);
});

t.test('init makes the embedded database', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = `${folder.path}/chat.db`;
  t.same(await init('--data', file), [0, `${file} is ready\n`]);
});
