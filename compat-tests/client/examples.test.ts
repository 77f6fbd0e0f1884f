import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createChatServer } from '../../src/index.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const folder = newFolder();
t.teardown(() => folder.remove());
const server = await startServer(['--data', ':memory:']);
t.teardown(() => server.child.stop());

async function newUser(server: Pick<Server, 'port'>, name: string): Promise<{ id: number; user: User }> {
  const user = await User.connect(server);
  const { id } = await user.register(name);
  await user.login(id);
  return { id, user };
}

t.test('the bot answers those who write to it, also before it came, and in groups by its name', async (t) => {
  const { id, user } = await newUser(server, 'alice');
  const { id: botId } = await user.register('robot', 'secret');
  const say = (message: object) => user.say({ ...message, id, name: 'alice', time: 'T' });
  await say({ msg: 'first', msgid: 6, toid: botId });
  await user.settle();
  const bot = new Child(process.execPath, [
    'examples/bot.js',
    '127.0.0.1',
    `${server.port}`,
    `${botId}`,
    'secret',
  ]);
  await bot.logged(/robot listens/);
  t.match(await user.hear(), { id: botId, msg: 'hello alice, you said: first', msgid: 6, name: 'robot' });
  await say({ msg: 'again', msgid: 6, toid: botId });
  t.match(await user.hear(), { msg: 'hello alice, you said: again' });
  const long = '陆"😀'.repeat(6000);
  await say({ msg: long, msgid: 6, toid: botId });
  t.match(await user.hear(), { msg: `hello alice, you said: ${long.slice(0, 300)}` });
  await user.say({ id, msg: 'x', msgid: 6, name: long, time: 'T', toid: botId });
  t.match(await user.hear(), { msg: `hello ${long.slice(0, 300)}, you said: x` }, 'a long name, too');
  await bot.stop('SIGTERM');
  t.equal(await bot.ended, 0);

  await say({ groupdesc: '', groupname: 'crowd', msgid: 8 });
  await user.settle();
  const joining = await User.online(server, botId, 'secret');
  await joining.say({ groupid: 1, id: botId, msgid: 9 });
  await joining.settle();
  await joining.close();
  const again = new Child(process.execPath, [
    'examples/bot.js',
    '127.0.0.1',
    `${server.port}`,
    `${botId}`,
    'secret',
  ]);
  await again.logged(/robot listens/);
  await say({ groupid: 1, msg: 'hello all', msgid: 10 });
  await say({ groupid: 1, msg: 'hello robot', msgid: 10 });
  t.match(await user.hear(), { groupid: 1, msg: 'hello alice, you said: hello robot', msgid: 10 });
  await again.stop('SIGINT');
});

t.test('the bot does not answer what the server itself says', async (t) => {
  const log: string[] = [];
  const line = (_: unknown, text: string) => log.push(text);
  const logger = { error: line, warn: line, info: line, debug: line };
  const own = await createChatServer({ port: 0, data: ':memory:', logger });
  const { id, user } = await newUser(own, 'alice');
  const { id: botId } = await user.register('robot', 'secret');
  const bot = new Child(process.execPath, [
    'examples/bot.js',
    '127.0.0.1',
    `${own.port}`,
    `${botId}`,
    'secret',
  ]);
  await bot.logged(/robot listens/);
  t.equal(own.say('we restart at noon'), 2);
  t.match(await user.hear(), { id: 0, msg: 'we restart at noon' });
  await user.say({ id, msg: 'you?', msgid: 6, name: 'alice', time: 'T', toid: botId });
  t.match(await user.hear(), { id: botId, msg: 'hello alice, you said: you?' });
  await bot.stop('SIGTERM');
  t.equal(await bot.ended, 0);
  await user.close();
  await own.stop();
  t.same(log, [], 'nothing was written to nobody');
});

t.test('a bot without its server ends', async (t) => {
  const other = await startServer(['--data', ':memory:']);
  const user = await User.connect(other);
  await user.register('robot');
  const bot = new Child(process.execPath, ['examples/bot.js', '127.0.0.1', `${other.port}`, '1', 'pw']);
  await bot.logged(/robot listens/);
  await other.child.stop('SIGKILL');
  t.equal(await bot.ended, 1);
  t.match(bot.log, 'the server has closed the connection\n');
});

t.test('a client that comes back after its server was away, and not with a wrong password', async (t) => {
  const data = join(folder.path, 'reconnecting.db');
  const first = await startServer(['--data', data], await freePort());
  const { id } = await (await User.connect(first)).register('steady');
  const run = (password: string) =>
    new Child(process.execPath, [
      'examples/reconnecting.js',
      '127.0.0.1',
      `${first.port}`,
      `${id}`,
      password,
    ]);
  const wrong = run('wrong');
  t.equal(await wrong.ended, 1);
  t.match(wrong.log, 'id or password is invalid!');
  const steady = run('pw');
  t.teardown(() => steady.stop('SIGKILL'));
  await steady.logged(/steady is here/);
  await first.child.stop();
  await steady.logged(/the server has closed the connection\n/);
  const second = await startServer(['--data', data], first.port);
  t.teardown(() => second.child.stop());
  await steady.logged(/steady is here(.|\n)*steady is here/);
  const { user } = await newUser(second, 'friend');
  await user.say({ id: 2, msg: 'welcome back', msgid: 6, name: 'friend', time: 'T', toid: id });
  await steady.logged(/"friend": "welcome back"/);
});

t.test('a server inside another program', async (t) => {
  const env = { CHAT_PORT: '0', HTTP_PORT: '0' };
  const program = new Child(process.execPath, ['examples/embedded-server.js'], env);
  const [, port, http] = await program.logged(/chat on port (\d+), http on port (\d+)/);
  const { id, user } = await newUser({ port: Number(port) }, 'alice');
  const url = `http://127.0.0.1:${http}`;
  t.equal((await fetch(`${url}/say/${id}`, { method: 'POST', body: 'the oven is hot' })).status, 204);
  t.match(await user.hear(), { id: 1, msg: 'the oven is hot', name: 'program', toid: id });
  t.equal((await fetch(url)).status, 404);
  const long = { method: 'POST', body: 'x'.repeat(100_000) };
  t.equal((await fetch(`${url}/say/${id}`, long)).status, 413);
  t.equal((await fetch(`${url}/say/${id}`, { method: 'POST', body: 'still here' })).status, 204);
  t.equal(await program.stop('SIGTERM'), 0);
});

t.test('a server inside another program that has its own rules', async (t) => {
  const env = { CHAT_PORT: '0', HTTP_PORT: '0' };
  const program = new Child(process.execPath, ['examples/embedded-rules.js'], env);
  const [, port, http] = await program.logged(/chat on port (\d+), http on port (\d+)/);
  const { id, user } = await newUser({ port: Number(port) }, 'alice');
  await program.logged(/1 "alice" has come/);
  const read = async (path: string) => (await fetch(`http://127.0.0.1:${http}${path}`)).text();
  t.match(JSON.parse(await read('/users')), [{ id, name: 'alice', address: '127.0.0.1' }]);
  for (const msg of ['the casino is open', 'the oven is hot']) await user.chat(id, id, msg);
  t.match(await user.hear(), { msg: 'the oven is hot' });
  t.same(JSON.parse(await read('/sent')), [[id, 1]]);
  t.match(await read('/metrics'), /^chat_users 1$/m);
  await user.close();
  await program.logged(/1 has gone/);
  t.equal(await program.stop('SIGTERM'), 0);
});

t.test('the examples fit the types that the package comes with', async (t) => {
  const options =
    '--noEmit --allowJs --checkJs --strict --module nodenext --target es2022 --types node --skipLibCheck';
  const files = ['bot', 'reconnecting', 'embedded-server', 'embedded-rules'].map(
    (name) => `examples/${name}.js`,
  );
  t.equal(execFileSync('node_modules/.bin/tsc', [...options.split(' '), ...files], { encoding: 'utf8' }), '');
});

for (const [language, command, file] of [
  ['python', 'python3', 'client.py'],
  ['js', process.execPath, 'client.mjs'],
] as const) {
  t.test(`the short client in docs/protocol-clients.md: ${language}`, async (t) => {
    const page = readFileSync('docs/protocol-clients.md', 'utf8');
    const [, code = ''] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page) ?? [];
    const path = join(folder.path, file);
    writeFileSync(path, code);
    const client = new Child(command, [path, `${server.port}`, `${language} 张三`], {
      PYTHONIOENCODING: 'utf8',
    });
    t.equal(await client.ended, 0, client.log);
    t.match(client.log, new RegExp(`'?errno'?: 0,.*${language} 张三.*你好 \\{\\}`, 's'));
    const run = (...args: string[]) =>
      new Child(command, [path, `${server.port}`, `${language} 张三`, ...args], { PYTHONIOENCODING: 'utf8' });
    const again = run();
    t.equal(await again.ended, 1, 'the name is taken');
    t.equal(again.log, 'the name is taken: give its id as well\n');
    const [, id = ''] = /'?id'?: (\d+)/.exec(client.log) ?? [];
    const back = run(id);
    t.equal(await back.ended, 0, back.log);
    t.match(back.log, '你好 {}');
    const wrong = run('999');
    t.equal(await wrong.ended, 1);
    t.equal(wrong.log, 'id or password is invalid!\n');
  });
}
