import t, { type Test } from 'tap';
import { newFolder } from '../harness/folder.js';
import { freeze } from '../harness/freeze.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { ask, items } from '../more/site.js';
import { Tty } from './tty.js';

t.setTimeout(600_000);

/** The lines that a newcomer types, and the screen's answers, in each language. */
const SESSIONS = {
  C: [
    ['who', '1 alice online'],
    ['who:bob', '2 bob online'],
    ['who:nobody', '"no such user"'],
    ['addfriend:2', 'user 2 is on your list of friends'],
    ['deletefriend:2', 'user 2 is off your list of friends'],
    ['deletefriend:2', '"not a friend"'],
    ['creategroup:fans:of bob', 'the group is made, its id is 1'],
    ['creategroup:fans:again', '"the name is taken or too long"'],
    ['renamegroup:1:crowd', 'group 1 is called crowd'],
    ['members:1', '1 crowd of bob\n1 alice online creator'],
    ['leavegroup:1', '"the creator of a group cannot leave it, only dissolve it"'],
    ['dissolvegroup:1', 'group 1 is dissolved, its members are told'],
    ['members:one', 'members command invalid!\nshow who is in a group: members:groupid'],
  ],
  'zh_CN.UTF-8': [
    ['who', '1 alice online'],
    ['who：bob', '2 bob online'],
    ['who：没有', '没有这个用户！'],
    ['addfriend：2', '用户 2 已在好友列表里'],
    ['deletefriend：2', '用户 2 已不在好友列表里'],
    ['deletefriend：2', '不是好友！'],
    ['creategroup：fans：说明', '群组已创建，id 是 1'],
    ['creategroup：fans：说明', '这个名字已有人用，或者太长！'],
    ['renamegroup：1：人群', '群组 1 现在叫 人群'],
    ['members：1', '1 人群 说明\n1 alice online creator'],
    ['leavegroup：1', '群主不能退出，只能解散！'],
    ['dissolvegroup：1', '群组 1 已解散，成员会收到通知'],
    ['members：x', 'members 命令的格式不对！'],
  ],
} as const;

const QUESTIONS = {
  C: {
    id: 'userid:',
    pw: 'userpassword:',
    old: 'password so far:',
    wanted: 'new password:',
    done: 'is changed',
  },
  'zh_CN.UTF-8': { id: '用户 id：', pw: '密码：', old: '原密码：', wanted: '新密码：', done: '密码已修改' },
} as const;

/** A server with the users alice and bob, and a connection for bob. */
async function withBob(t: Test, ...options: readonly string[]) {
  const server = await startServer(['--data', ':memory:', ...options]);
  t.teardown(() => server.child.stop());
  const bob = await User.connect(server);
  await bob.register('alice', 'hunter2');
  await bob.register('bob');
  return { server, bob };
}

/** A terminal at which alice, the first user, has logged in. */
async function asAlice(t: Test, port: number, locale: keyof typeof QUESTIONS): Promise<Tty> {
  const tty = await Tty.start(port, 'xterm-256color', locale);
  t.teardown(() => tty.kill());
  const { id, pw } = QUESTIONS[locale];
  tty.type('1\r');
  await tty.asked(id, '1');
  await tty.asked(pw, 'hunter2');
  return tty;
}

for (const locale of ['C', 'zh_CN.UTF-8'] as const) {
  t.test(`a newcomer finds a friend by name, makes a group and ends it (${locale})`, async (t) => {
    const { server, bob } = await withBob(t);
    await bob.login(2);
    const { old, wanted, done } = QUESTIONS[locale];
    const tty = await asAlice(t, server.port, locale);
    for (const [line, shown] of SESSIONS[locale]) {
      tty.type(`${line}\r`);
      await tty.shows(`${line}\n${shown}`);
    }
    tty.type('password\r');
    await tty.asked(old, 'hunter2');
    await tty.asked(wanted, 'better3');
    await tty.shows(done);
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    t.notMatch(tty.written, /hunter2|better3/);
    t.match(await bob.settle(), [], 'bob hears nothing of it');
    t.match(await (await User.connect(server)).login(1, 'better3'), { errno: 0 });
    await bob.close();
  });
}

/** The lines that are typed about the history, and the screen's answers. */
const HISTORY = {
  C: [
    ['history:2', '#1 2'],
    ['history:2:2', '#1 2'],
    ['history:2:1', 'no such message'],
    ['history:2:0', '"before is not a whole number from 1 to 4294967295"'],
    ['history:two', 'history command invalid!'],
    ['search:2:天气', '#1 2'],
    ['search:2:rain', 'no such message'],
    ['search:2:x', '"text has not 2 to 100 characters"'],
    ['grouphistory:9', '"not a member"'],
    ['groupsearch:9:some', '"not a member"'],
  ],
  'zh_CN.UTF-8': [
    ['history：2', '#1 2'],
    ['history：2：1', '没有这样的消息'],
    ['search：2：天气', '#1 2'],
    ['search：2：下雨', '没有这样的消息'],
    ['search：2：天', '要搜索的文字必须是 2 到 100 个字符！'],
    ['groupsearch：9：天气', '不是群成员！'],
  ],
} as const;

for (const locale of ['C', 'zh_CN.UTF-8'] as const) {
  t.test(`a newcomer scrolls back and searches (${locale})`, async (t) => {
    const { server, bob } = await withBob(t, '--history', '1');
    await bob.login(2);
    const tty = await asAlice(t, server.port, locale);
    tty.type('chat:2:今天天气很好\r');
    t.match(await bob.hear(), { msg: '今天天气很好' });
    // It is written down a moment after it was delivered.
    while ((await ask(bob, { id: 2, msgid: 131, toid: 1 })).messages.length === 0);
    for (const [line, shown] of HISTORY[locale]) {
      tty.type(`${line}\r`);
      await tty.shows(`${line}\n${shown}`);
    }
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    await bob.close();
  });
}

/** Two newcomers become friends, where friendship is asked for. */
const ASKED = {
  C: [
    ['addfriend:2', 'user 2 is asked to be your friend'],
    ['requests', '3 carol offline'],
    ['accept:3', 'user 3 is on your list of friends'],
    ['accept:3', '"nobody has asked for it"'],
    ['refuse:2', '"nobody has asked for it"'],
    ['requests', 'nobody has asked'],
  ],
  'zh_CN.UTF-8': [
    ['addfriend：2', '已请求用户 2 加为好友，等待同意'],
    ['requests', '3 carol offline'],
    ['refuse：3', '没有同意用户 3，对方不会得知'],
    ['accept：3', '对方没有申请！'],
    ['requests', '没有好友申请'],
  ],
} as const;

for (const locale of ['C', 'zh_CN.UTF-8'] as const) {
  t.test(`a newcomer is asked to be a friend (${locale})`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--friend-requests']);
    t.teardown(() => server.child.stop());
    const carol = await User.connect(server);
    await carol.register('alice', 'hunter2');
    await carol.register('bob');
    await carol.register('carol');
    await carol.login(3);
    t.match(await ask(carol, { id: 3, msgid: 7, friendid: 1, seq: 1 }), { errno: 0 });
    await carol.say({ id: 3, msgid: 3 });
    await carol.settle();
    const tty = await asAlice(t, server.port, locale);
    for (const [line, shown] of ASKED[locale]) {
      tty.type(`${line}\r`);
      await tty.shows(`${line}\n${shown}`);
    }
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    await carol.close();
  });
}

/** The messages that are taken back, and the screen's answers. */
const RECALL = {
  C: {
    nothing: 'there is nothing to take back',
    own: 'taken back: second',
    first: 'taken back: first',
    theirs: '[2]bob said: oops',
    was: 'was taken back: ',
    lost: 'connecting again',
  },
  'zh_CN.UTF-8': {
    nothing: '没有可以撤回的消息',
    own: '已撤回：second',
    first: '已撤回：first',
    theirs: '[2]bob 说：oops',
    was: '对方撤回了：',
    lost: '正在自动重新连接',
  },
} as const;

for (const locale of ['C', 'zh_CN.UTF-8'] as const) {
  t.test(`a newcomer takes back what was written, the last first (${locale})`, async (t) => {
    const { server, bob } = await withBob(t);
    await bob.login(2);
    await ask(bob, { msgid: 101, tell: ['recalled'] });
    const tty = await asAlice(t, server.port, locale);
    const words = RECALL[locale];
    for (const [seq, text] of [
      [1, 'first'],
      [2, 'second'],
    ] as const) {
      tty.type(`chat:2:${text}\r`);
      t.match(await bob.hear(), { msg: text, seq });
    }
    for (const [shown, seq] of [
      [words.own, 2],
      [words.first, 1],
    ] as const) {
      tty.type('recall\r');
      await tty.shows(`recall\n${shown}`);
      t.same(await bob.hear(), { id: 1, msgid: 125, seq });
    }
    tty.type('recall\r');
    await tty.shows(`recall\n${words.nothing}`);
    await ask(bob, { id: 2, msg: 'oops', msgid: 6, name: 'bob', seq: 1, time: 'T', toid: 1 });
    await tty.shows(`T ${words.theirs}`);
    t.match(await ask(bob, { id: 2, msgid: 123, number: 1 }), { errno: 0 });
    await tty.shows(`${words.was}T ${words.theirs}`);
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    await bob.close();
  });

  t.test(`what is typed as the server dies arrives once it is back, once (${locale})`, async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const options = ['--data', `${folder.path}/chat.db`];
    const before = await startServer(options, await freePort());
    t.teardown(() => before.child.stop('SIGKILL'));
    const bob = await User.connect(before);
    await bob.register('alice', 'hunter2');
    await bob.register('bob');
    await bob.close();
    const tty = await asAlice(t, before.port, locale);
    tty.type('chat:2:first\r');
    tty.type('recall\r');
    // Answered: the server has said what it can, and what became of the first.
    await tty.shows(RECALL[locale].first);
    freeze(before.child.pid);
    for (const text of ['one', 'two', 'three']) tty.type(`chat:2:${text}\r`);
    await tty.shows('chat:2:three\n');
    await before.child.stop('SIGKILL');
    await tty.shows(RECALL[locale].lost);
    const after = await startServer(options, before.port);
    t.teardown(() => after.child.stop());
    const again = await User.connect(after);
    const { offlinemsg } = await again.login(2);
    const texts = items(offlinemsg).map(({ msg }) => msg);
    while (texts.length < 3) texts.push((await again.hear()).msg);
    tty.type('chat:2:four\r');
    texts.push((await again.hear()).msg);
    t.same(texts, ['one', 'two', 'three', 'four']);
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    t.same(await again.settle(), []);
    await again.close();
  });
}

const FRIENDS = {
  C: { came: '[2]bob is online', went: '[2]bob is offline' },
  'zh_CN.UTF-8': { came: '[2]bob 上线了', went: '[2]bob 下线了' },
} as const;

for (const locale of ['C', 'zh_CN.UTF-8'] as const) {
  t.test(`a newcomer sees a friend come and go (${locale})`, async (t) => {
    const { server, bob } = await withBob(t);
    await bob.login(1, 'hunter2');
    await ask(bob, { id: 1, msgid: 7, friendid: 2, seq: 1 });
    await bob.say({ id: 1, msgid: 3 });
    await bob.settle();
    const tty = await asAlice(t, server.port, locale);
    // Its answer is behind that to what the client asks with the login.
    tty.type('who\r');
    await tty.shows('1 alice online');
    await bob.login(2);
    await tty.shows(FRIENDS[locale].came);
    await bob.close();
    await tty.shows(FRIENDS[locale].went);
    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
  });
}
