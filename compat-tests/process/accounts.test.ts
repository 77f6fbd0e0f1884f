import { writeFileSync } from 'node:fs';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
const mariadb = await MariaDb.start();
t.teardown(async () => {
  await mariadb.stop();
  folder.remove();
});

async function run(typed: string, ...args: string[]): Promise<[status: number | string, output: string]> {
  const input = `${folder.path}/typed`;
  writeFileSync(input, typed);
  const child = new Child('sh', ['-c', `exec node dist/main.js "$@" <${input}`, 'sh', ...args]);
  return [await child.ended, child.log.replaceAll(/ +/g, ' ')];
}

for (const database of ['embedded', 'MySQL'])
  t.test(`a user is looked up and gets a new password while a server runs (${database})`, async (t) => {
    const mysql = ['--mysql', await mariadb.createDatabase('chat')];
    const where = database === 'MySQL' ? mysql : ['--data', `${folder.path}/chat.db`];
    const server = await startServer(where);
    t.teardown(() => server.child.stop('SIGKILL'));
    const one = await User.connect(server);
    await one.register('李雷', 'old');
    await one.register('42', 'old');
    await one.login(1, 'old');
    await one.say({ msgid: 7, id: 1, friendid: 2 });
    await one.chat(1, 2, 'for later');
    await one.settle();
    const told = 'id 1\nname 李雷\nstate online\nfriends 1\ngroups 0\nwaiting 0 messages\n';
    t.same(await run('', 'user', '1', ...where), [0, told]);
    t.same(await run('', 'user', '李雷', ...where), [0, told]);
    t.match(await run('', 'user', '42', ...where), [0, /^id 2\nname 42\n[\s\S]*waiting 1 message\n/]);
    t.match(await run('', 'user', 'nobody', ...where), [1, /^chat-server: there is no user nobody\n$/]);

    t.match(await run('密码\n', 'password', '2', ...where), [0, /^user 2 has a new password/]);
    t.match(await run('', 'password', '2', ...where), [1, /no password was given: nothing is changed/]);
    t.match(await run('x'.repeat(300), 'password', '2', ...where), [1, /it is too long/]);
    const two = await User.connect(server);
    t.equal((await two.login(2, 'old')).errno, 1);
    t.equal((await two.login(2, '密码')).errno, 0);
    t.same(await one.settle(), [], 'who is logged in stays so');
    await Promise.all([one.close(), two.close()]);
    t.equal(await server.child.stop(), 0);
  });

t.test('a file that is not there is not made', async (t) => {
  const file = `${folder.path}/none.db`;
  t.match(await run('', 'user', '1', '--data', file), [
    1,
    /there is no .*none\.db: name it with --data FILE/,
  ]);
  t.match(await run('', 'user', '--data', file), [2, /usage: chat-server user NAME\|ID/]);
});
