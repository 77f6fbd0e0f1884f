import t from 'tap';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { freePort } from '../harness/port.js';
import { Redis } from '../harness/redis.js';
import { type Server, startOriginal, startServer } from '../harness/server.js';
import type { Row } from '../harness/tables.js';
import { type Document, User } from '../harness/user.js';
import { wasRead } from '../harness/was-read.js';

// The tests of mixed.test.ts: one original node and one of ours.

const TEXTS = Array.from({ length: 1000 }, (_, n) => `message ${n}`);

const mariadb = await MariaDb.start({ port: 3306 });
t.teardown(() => mariadb.stop());
const redis = await Redis.start({ port: 6379 });
t.teardown(() => redis.stop());
const database = await openMysql(await mariadb.createDatabase('chat'));
t.teardown(() => database.close());
const original = await startAnOriginal();
const ours = await startServer(['--drop-in', '--pace', '0']);
t.teardown(() => ours.child.stop('SIGKILL'));

const bothWays = [
  [original, ours],
  [ours, original],
] as const;

async function startAnOriginal(): Promise<Server> {
  const server = await startOriginal(process.env.CHAT_ORIGINAL ?? '', await freePort());
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

function account(id: number, name: Row[string] = `u${id}`): Row {
  return { id, name, password: 'pw', state: 'offline' };
}

/** The next thousand texts that a user hears. */
async function hear(user: User): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < TEXTS.length) texts.push((await user.hear()).msg);
  return texts;
}

/**
 * Sends all texts through the original, each when the one before has come to all of these users: it takes
 * what it reads at once for one document. Returns what each has heard.
 */
async function speakGently(user: User, message: Document, listeners: readonly User[]): Promise<string[][]> {
  const heard: string[][] = listeners.map(() => []);
  for (const msg of TEXTS) {
    await user.say({ ...message, msg });
    for (const [index, listener] of listeners.entries()) heard[index]?.push((await listener.hear()).msg);
  }
  return heard;
}

/** Says something to either kind of server, in a read of its own. */
async function tell(server: Server, user: User, document: Document): Promise<void> {
  await user.say(document);
  await wasRead(user.client.port, server.port);
}

/** Everyone leaves. Nobody is online afterwards. */
async function leave(...users: User[]): Promise<void> {
  for (const user of users) await user.close();
  await until(async () => (await database.online()).length === 0, 'everyone to be offline');
}

t.test('a thousand messages each way', async (t) => {
  await database.seed({ user: [account(1), account(2)] });
  const [one, two] = [await User.online(original, 1), await User.online(ours, 2)];
  t.same(await speakGently(one, { id: 1, msgid: 6, toid: 2 }, [two]), [TEXTS]);
  for (const msg of TEXTS) await two.chat(2, 1, msg);
  t.same(await hear(one), TEXTS);
  t.same((await database.rows()).offlinemessage, []);
  await leave(one, two);
});

t.test('a thousand group messages each way', async (t) => {
  await database.seed({
    user: [1, 2, 3, 4].map((id) => account(id)),
    allgroup: [{ id: 1, groupname: 'g', groupdesc: '' }],
    groupuser: [1, 2, 3, 4].map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
  });
  const [one, two] = [await User.online(original, 1), await User.online(ours, 2)];
  const [three, four] = [await User.online(original, 3), await User.online(ours, 4)];
  const message = { groupid: 1, id: 1, msgid: 10 };
  t.same(await speakGently(one, message, [two, three, four]), [TEXTS, TEXTS, TEXTS]);
  for (const msg of TEXTS) await two.groupChat(2, 1, msg);
  for (const user of [one, three, four]) t.same(await hear(user), TEXTS);
  t.same((await database.rows()).offlinemessage, []);
  await leave(one, two, three, four);
});

t.test('an account that is online on one is refused on the other', async (t) => {
  await database.seed({ user: [account(1)] });
  for (const [here, there] of bothWays) {
    const [user, other] = [await User.online(here, 1), await User.connect(there)];
    t.equal((await other.login(1)).errno, 2);
    await tell(here, user, { id: 1, msgid: 3 });
    await user.settle();
    t.equal((await other.login(1)).errno, 0);
    await leave(user, other);
  }
});

t.test('Chinese names that one has registered are right on the other', async (t) => {
  for (const [here, there] of bothWays) {
    await database.seed({});
    const [user, other] = [await User.connect(here), await User.connect(there)];
    const { id } = await user.register('张三', '密码');
    const { id: friendid } = await user.register('李四光明');
    await user.login(id, '密码');
    await tell(here, user, { id, msgid: 7, friendid });
    await tell(here, user, { id, msgid: 8, groupname: 'g', groupdesc: '' });
    await tell(here, user, { id, msgid: 3 });
    await user.settle();
    const { errno, name, friends, groups } = await other.login(id, '密码');
    t.same([errno, name, JSON.parse(friends[0]).name], [0, '张三', '李四光明']);
    t.equal(JSON.parse(JSON.parse(groups[0]).users[0]).name, '张三');
    await leave(user, other);
  }
});

t.test('messages that one has stored are right on the other', async (t) => {
  const texts = {
    ours: ['plain', '你好', '😀', "it's", 'say "hi"', 'back\\slash', 'line\nbreak', '好'.repeat(300)],
    // The original loses the others.
    original: ['plain', 'and plain'],
  };
  for (const [here, there] of bothWays) {
    await database.seed({ user: [account(1), account(2)] });
    const [one, two] = [await User.online(here, 1), await User.connect(there)];
    const sent = here === ours ? texts.ours : texts.original;
    for (const msg of sent) await tell(here, one, { id: 1, msg, msgid: 6, toid: 2 });
    await one.settle();
    const { offlinemsg } = await two.login(2);
    t.equal(offlinemsg.map((text: string) => JSON.parse(text).msg).join(''), sent.join(''));
    await leave(one, two);
    t.same((await database.rows()).offlinemessage, []);
  }
});

t.test(
  'DIFFERENCES 15: a name that is not UTF-8 over gbk ends the original, and ours reads it',
  async (t) => {
    await database.seed({ user: [account(1, '张三')] });
    const user = await User.connect(ours);
    t.equal((await user.login(1)).name, '张三');
    await leave(user);
    const another = await startAnOriginal();
    const last = await User.connect(another);
    await last.say({ id: 1, msgid: 1, password: 'pw' });
    t.equal(await another.child.ended, 'SIGABRT');
  },
);

t.test('DIFFERENCES 10: the account of an original that was killed may log in at ours', async (t) => {
  await database.seed({ user: [account(1), account(2)] });
  const another = await startAnOriginal();
  await User.online(another, 1);
  await another.child.stop('SIGKILL');
  t.same(await database.online(), [1]);
  const [one, two] = [await User.online(ours, 1), await User.online(original, 2)];
  await two.chat(2, 1, 'here again');
  t.equal((await one.hear()).msg, 'here again');
  await leave(one, two);
});
