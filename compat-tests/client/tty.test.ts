import t from 'tap';
import { writeDialect } from '../dialects/site.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { Tty } from './tty.js';

/** A server with the users 1 (a client on a terminal logs in as it) and 2. */
async function site(t: { teardown(end: () => unknown): void }, ...options: string[]) {
  // Another server may come to its port: no client of anybody takes it meanwhile.
  const server = await startServer(['--data', ':memory:', ...options], await freePort());
  t.teardown(() => server.child.stop());
  const bob = await User.connect(server);
  await bob.register('alice', 'hunter2');
  await bob.register('bob');
  await bob.login(2);
  return { server, bob };
}

/** A server with the same users, who are offline, on the port of one that has ended. */
async function successor(t: { teardown(end: () => unknown): void }, port: number) {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const options = ['--data', `${folder.path}/chat.db`];
  const before = await startServer(options);
  const somebody = await User.connect(before);
  await somebody.register('alice', 'hunter2');
  await somebody.register('bob');
  await somebody.close();
  await before.child.stop();
  const server = await startServer(options, port);
  t.teardown(() => server.child.stop());
  return server;
}

async function open(t: { teardown(end: () => unknown): void }, port: number, term?: string, locale?: string) {
  const tty = await Tty.start(port, term, locale);
  t.teardown(() => tty.kill());
  return tty;
}

async function login(tty: Tty): Promise<void> {
  tty.type('1\r');
  await tty.shows('userid:');
  tty.type('1\r');
  await tty.shows('userpassword:');
  tty.type('hunter2\r');
  await tty.shows('help : ');
}

/** Kills a server that has read all that was sent to it: its connections are closed then, and not reset. */
async function kill(server: Server): Promise<void> {
  const last = await User.connect(server);
  await last.settle();
  await server.child.stop('SIGKILL');
}

for (const term of ['xterm-256color', 'dumb']) {
  t.test(`a password never gets to a terminal (${term})`, async (t) => {
    const { server } = await site(t);
    const tty = await open(t, server.port, term);
    await login(tty);
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    t.notMatch(tty.written, 'hunter');
  });
}

t.test('messages come while a line of several rows is typed, and the terminal is resized', async (t) => {
  const { server, bob } = await site(t);
  const tty = await open(t, server.port);
  await login(tty);
  const line = `chat:2:${'a long line '.repeat(12)}end`;
  tty.type(line);
  await tty.shows('end');
  const messages = ['one', 'two', 'three', 'four'];
  for (const [at, width] of [60, 31, 90, 47].entries()) {
    if (at > 0) await tty.resize(width);
    await bob.chat(2, 1, messages[at] ?? '');
    await tty.shows(`${messages[at]}\n> ${line}`);
    const said = tty.monitor.lines.flatMap((line) => / said: (.*)/.exec(line)?.[1] ?? []);
    t.same(said, messages.slice(0, at + 1), `${width} columns`);
  }
  tty.type('\r');
  t.match(await bob.hear(), { id: 1, msg: line.slice('chat:2:'.length), msgid: 6 });
});

t.test('a person sees what was stored, ids of friends and groups, and how to learn a new one', async (t) => {
  const { server, bob } = await site(t);
  for (const at of Array(20).keys()) {
    await bob.say({
      id: 2,
      msg: `stored ${at} ${'x'.repeat(100)}`,
      msgid: 6,
      name: 'bob',
      time: '2020',
      toid: 1,
    });
  }
  await bob.settle();
  const tty = await open(t, server.port);
  await login(tty);
  await tty.shows('stored 19');
  tty.type('addfriend：2\rcreategroup:fans:d\r');
  await tty.shows('user 2 is on your list of friends');
  await tty.shows('the group is made, its id is 1');
  await bob.say({ id: 2, msg: 'live', msgid: 6, name: 'bob', time: '9999', toid: 1 });
  await tty.shows('live');
  const said = tty.monitor.lines.filter((line) => line.includes(' said: '));
  t.equal(said.length, 21);
  t.ok(said.slice(0, 20).every((line) => line.startsWith('(unread) 2020 [2]bob said: stored ')));
  t.equal(said[20], '9999 [2]bob said: live');
  tty.type('/loginout\r');
  await tty.shows('> /loginout\n========================\n1. login');
  tty.type('1\r1\rhunter2\rfriends\rgroups\r');
  await tty.shows('> friends\n----------------------friend list---------------------\n2 bob online\nas of');
  await tty.shows(
    '> groups\n----------------------group list----------------------\n1 fans d\n1 alice online creator\n',
  );
});

t.test('what the server does not tell, or not in so many words, a person is told', async (t) => {
  // As the original, it never says what it can do, and does not answer.
  const dialect = writeDialect({ requests: { abilities: null } });
  t.teardown(() => dialect.remove());
  const { server } = await site(t, '--dialect', dialect.path);
  const tty = await open(t, server.port);
  tty.type('2\r');
  await tty.asked('username:', 'x'.repeat(51));
  await tty.asked('userpassword:', 'pw');
  await tty.shows('a name has at most 50 characters');
  await login(tty);
  tty.type('addfriend:99\r');
  await tty.shows('does not tell whether there is such a user');
  tty.type('addgroup:77\r');
  await tty.shows('does not tell whether there is such a group');
  tty.type('creategroup:fans:d\r');
  await tty.shows("to see the new group's id, loginout and log in again");
  tty.type('dissolvegroup:1\r');
  await tty.shows('this server does not know that');
  tty.type('chat:99:anybody\r');
  await tty.shows('the server does not tell whether there is a user 99');
  tty.type('groupchat:77:anybody\rchat:99:again\rchat:1:myself\rfriends\r');
  await tty.shows('the server does not tell whether there is a group 77');
  await tty.shows('as of your last login');
  t.equal(
    tty.monitor.text.split('there is a user').length,
    2,
    'only once, and only of whom nothing is known',
  );
});

t.test('a Chinese locale has Chinese, every other one English', async (t) => {
  const { server, bob } = await site(t);
  await bob.say({ groupdesc: 'd', groupname: 'g', id: 2, msgid: 8 });
  const foreign = /[\u4e00-\u9fff]/;
  const english = await open(t, server.port);
  await login(english);
  english.type('addgroup:1\r');
  await english.shows('you are in group 1');
  english.type('chat:99:x\r');
  await english.shows('"no such user": nobody gets the message');
  english.type('groupchat:77:x\r');
  await english.shows('"not a member": nobody gets the message');
  english.type('groupchat:1:hello\r');
  t.match(await bob.hear(), { groupid: 1, msg: 'hello' });
  t.equal(english.monitor.text.split('nobody gets').length, 3, 'and of what arrives nothing');
  t.notMatch(english.monitor.text, foreign);
  english.type('quit\r');
  t.equal(await english.ended(), 0);
  const chinese = await open(t, server.port, 'xterm-256color', 'zh_CN.UTF-8');
  chinese.type('1\r');
  await chinese.asked('用户 id：', '1');
  await chinese.asked('密码：', 'wrong');
  await chinese.shows('id 或密码不对！');
  chinese.type('1\r');
  await chinese.asked('用户 id：', '1');
  await chinese.asked('密码：', 'hunter2');
  await chinese.shows('当前登录用户 => id：1 用户名：alice');
  await bob.say({ groupid: 1, id: 2, msg: 'HELLO', msgid: 10, name: 'bob', time: '2020' });
  await chinese.shows('群消息[1]:2020 [2]bob 说：HELLO');
  chinese.type('addfriend:99\raddgroup:77\rcreategroup:G:D\rnonsense\rchat:99:X\r');
  await chinese.shows('没有这个用户！消息没有人收到');
  await chinese.shows('没有这个用户！');
  const words = chinese.monitor.text.matchAll(/[a-z]{2,}/g);
  const commands =
    /^(alice|bob|id|online|offline|creator|normal|nonsense|message|group\w*|friend\w*|help|quit|loginout|chat|add\w+|create\w+|delete\w+|leave\w+|rename\w+|dissolve\w+|members|who|name|password|history|recall|search|text|requests|accept|refuse|dev|pts)$/;
  t.same(
    [...words].map(String).filter((word) => !commands.test(word)),
    [],
    'no other language',
  );
  await kill(server);
  await chinese.shows('服务器关闭了连接\n正在自动重新连接；回车马上再试，quit 退出');
  await chinese.shows(`连接不上 127.0.0.1 ${server.port}：ECONNREFUSED`);
  chinese.type('quit\r');
  t.equal(await chinese.ended(), 0);
});

t.test('when the server ends, a person is told why, and goes on with the next one', async (t) => {
  const { server, bob } = await site(t);
  const tty = await open(t, server.port);
  await login(tty);
  // Its answer is behind those to what the client asks with the login.
  tty.type('who\r');
  await tty.shows('1 alice online');
  tty.type('chat:2:not sent y');
  await tty.shows('not sent y');
  await kill(server);
  await tty.shows(
    'the server has closed the connection\nconnecting again by itself; Enter tries at once, quit ends',
  );
  await tty.shows(`cannot connect to 127.0.0.1 ${server.port}: ECONNREFUSED\n> chat:2:not sent y`);
  tty.type('et\r');
  await tty.shows('not sent yet\nnot connected yet: the line is kept\n> chat:2:not sent yet');
  await bob.close();
  const next = await successor(t, server.port);
  await tty.shows('help : show all commands: help\n\n> chat:2:not sent yet');
  const carol = await User.connect(next);
  await carol.login(2);
  tty.type('\r');
  t.match(await carol.hear(), { id: 1, msg: 'not sent yet' });
  await next.child.stop();
  await tty.shows('closed the connection\nconnecting again by itself');
  tty.type('quit\r');
  t.equal(await tty.ended(), 0);
});

t.test(
  'what is typed in the menu when the server has ended is no command, and is not shown later',
  async (t) => {
    const { server } = await site(t);
    const tty = await open(t, server.port);
    await tty.shows('choice:');
    await kill(server);
    await tty.shows('closed the connection\nconnecting again by itself');
    tty.type('a password\r');
    await tty.shows('a password\nnot connected yet; quit ends\n');
    tty.type('half a pass');
    const next = await startServer(['--data', ':memory:'], server.port);
    t.teardown(() => next.child.stop());
    const alice = await User.connect(next);
    await alice.register('alice', 'hunter2');
    await tty.shows('half a pass\n========================\n1. login');
    await login(tty);
    tty.type('chat:1:here\r');
    await tty.shows('help : show all commands: help\n\n> chat:1:here\n');
  },
);
