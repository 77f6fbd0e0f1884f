import { readFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { Child } from '../harness/child.js';
import { MariaDb } from '../harness/mariadb.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const url = await mariadb.createDatabase('chat');

const start = (charset: string) =>
  startServer(['--mysql', url, '--mysql-charset', charset, '--workers', '1', '--pace', '0']);

async function init(): Promise<string> {
  const child = new Child(process.execPath, ['dist/main.js', 'init', '--utf8mb4', '--mysql', url]);
  await child.ended;
  return child.log;
}

async function nameOf(port: number, id: number, password = 'pw'): Promise<unknown> {
  const user = await User.connect({ port });
  const { name } = await user.login(id, password);
  await user.close();
  return name;
}

t.test('columns that cannot hold what is promised are named, and what they refuse is logged', async (t) => {
  const server = await start('gbk');
  await server.child.logged(/"columns":\["allgroup.groupname is latin1: no Chinese","allgroup.groupdesc is/);
  const user = await User.connect(server);
  t.equal((await user.register('张三', '密码')).id, 1);
  t.equal((await user.register('plain', '666666')).id, 2);
  t.equal((await user.register('你好吗')).id, 3);
  t.equal((await user.register('王秀')).errno, 1);
  await server.child.logged(
    /"column":"chat.user.name","reason":"the charset of the column does not have the text"/,
  );
  await user.login(1, '密码');
  await user.say({ id: 1, msgid: 8, groupname: '张三', groupdesc: '' });
  await server.child.logged(/"column":"chat.allgroup.groupname","reason"/);
  t.notMatch(server.child.log, /王秀|\\\\xE4|密码/);
  await user.close();
  t.equal(await server.child.stop(), 0);

  const wide = await start('utf8mb4');
  await wide.child.logged(/"user.name is utf8mb3: no emoji and rare characters"/);
  t.equal(await wide.child.stop(), 0);
});

t.test('init --utf8mb4 and the script: every name is what it was, and every name can be', async (t) => {
  t.match(await init(), /: changed to utf8mb4 allgroup, user\n$/);
  t.match(await init(), /: nothing was missing\n.*: all columns hold every text\n$/);
  const script = readFileSync('deploy/mysql/gbk-to-utf8mb4.sql', 'utf8');
  const loader = await createConnection({ uri: url, multipleStatements: true });
  t.teardown(() => loader.end());
  for (const time of ['once', 'twice']) {
    await loader.query(script);
    const server = await start('utf8mb4');
    t.notMatch(server.child.log, /"columns"/);
    t.equal(await nameOf(server.port, 1, '密码'), '张三', time);
    t.equal(await nameOf(server.port, 2, '666666'), 'plain', time);
    t.equal(await nameOf(server.port, 3), '你好吗', time);
    t.equal(await server.child.stop(), 0);
  }
  const server = await start('utf8mb4');
  const user = await User.connect(server);
  for (const name of ['王秀', '李', '小李子', '😀', '😁'])
    t.equal((await user.register(name)).errno, 0, name);
  t.equal((await user.register('你好吗')).errno, 1, 'is there, without joiners');
  await user.login(1, '密码');
  await user.say({ id: 1, msgid: 8, groupname: '群', groupdesc: '说' });
  await user.close();
  const again = await User.connect(server);
  t.match(await again.login(1, '密码'), { groups: [/"groupname":"群"/] });
  await again.close();
  t.equal(await server.child.stop(), 0);
});
