import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { freePort } from '../harness/port.js';
import { Redis } from '../harness/redis.js';
import { type Server, startOriginal, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { Tty } from './tty.js';

// The tests of original.test.ts: the original's own client, at servers of ours and at an original.

const mariadb = await MariaDb.start({ port: 3306 });
t.teardown(() => mariadb.stop());
const redis = await Redis.start({ port: 6379 });
t.teardown(() => redis.stop());

const USERS = 60;
const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const GIVEN = ['', '伟', '光明', '一二三', '买买提江', '芳'];
/** Names of one to five characters, none twice. */
const NAMES = ids(USERS).map((id) => `${'赵钱孙李周吴郑王冯陈'[id % 10]}${GIVEN[Math.ceil(id / 10) - 1]}`);

/** The exit status that a shell gives to SIGABRT. */
const ABORTED = 128 + 6;

/** The tables of chat.sql, but that a group can have a Chinese name. */
async function emptyDatabase(): Promise<void> {
  const connection = await createConnection(await mariadb.createDatabase('chat'));
  await connection.query('alter table allgroup modify groupname varchar(50) character set utf8 not null');
  await connection.end();
}

async function ours(t: Test, ...options: string[]): Promise<Server> {
  const server = await startServer(['--drop-in', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

async function theirs(t: Test): Promise<Server> {
  const server = await startOriginal(process.env.CHAT_ORIGINAL ?? '', await freePort());
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

async function everyoneLeft(): Promise<void> {
  const database = await openMysql(mariadb.url('chat'));
  await until(async () => (await database.online()).length === 0, 'everyone to be offline');
  await database.close();
}

/** Registers these names, as 1 and so on; 1 makes friends with the next ones, and groups of the first ones. */
async function meet(server: Server, names: readonly string[], friends: number, sizes: readonly number[]) {
  const user = await User.connect(server);
  for (const name of names) await user.register(name);
  for (const id of ids(names.length)) {
    await user.login(id);
    if (id === 1) {
      for (const n of ids(friends)) await user.say({ msgid: 7, id, friendid: n + 1 });
      for (const size of sizes) await user.say({ msgid: 8, id, groupname: `${size}人群`, groupdesc: 'd' });
    } else {
      for (const [n, size] of sizes.entries())
        if (id <= size) await user.say({ msgid: 9, id, groupid: n + 1 });
    }
    await user.say({ msgid: 3, id });
    await user.settle();
  }
  await user.close();
  await everyoneLeft();
}

/** The original client on a terminal. */
function open({ port }: Server, t: Test): Tty {
  const tty = new Tty(`exec "$CHAT_ORIGINAL_CLIENT" 127.0.0.1 ${port}`);
  t.teardown(() => tty.kill());
  return tty;
}

async function login(tty: Tty, id: number): Promise<void> {
  await tty.asked('choice:', '1');
  await tty.asked('userid:', `${id}`);
  await tty.asked('userpassword:', 'pw');
}

/** The screen of a user who has just logged in, with its lists, line by line, as the bytes came. */
async function lists(tty: Tty): Promise<string[]> {
  await tty.shows('show command list');
  const [, text = ''] = /=login user=+\r\n([\s\S]*)\r\n={54}\r\n/.exec(tty.written) ?? [];
  return text.split('\r\n');
}

const FRIEND_LIST = '----------------------friend list---------------------';
const GROUP_LIST = '----------------------group list----------------------';

t.test('DIFFERENCES 22: who is in groups of 20, 40 and 60', async (t) => {
  await emptyDatabase();
  const server = await ours(t);
  await meet(server, NAMES, 30, [20, 40, 60]);

  t.test('and has 30 friends logs in, sees as many as the client can read, and chats with all', async (t) => {
    const tty = open(server, t);
    await login(tty, 1);
    const friends = ids(17).map((n) => `${n + 1} ${NAMES[n]} offline`);
    t.same(await lists(tty), [`current login user => id:1 name:钱`, FRIEND_LIST, ...friends, GROUP_LIST]);
    const last = await User.online(server, 60);
    tty.type('chat:60:你好\r');
    t.match(await last.hear(), { msgid: 6, id: 1, name: '钱', toid: 60, msg: '你好' });
    tty.type('groupchat:3:大家好\r');
    t.match(await last.hear(), { msgid: 10, id: 1, name: '钱', groupid: 3, msg: '大家好' });
    const said = { id: 60, name: '赵芳', time: 'now' };
    await last.say({ ...said, msgid: 10, groupid: 3, msg: '都好' });
    await last.say({ ...said, msgid: 6, toid: 1, msg: '收到' });
    await tty.shows('收到');
    t.match(tty.written, /群消息\[3\]:now \[60\]赵芳 said: 都好\r\nnow \[60\]赵芳 said: 收到\r\n$/);
    tty.kill();
    await last.close();
    await everyoneLeft();
  });

  t.test('and has no friends sees every group, with some of its members', async (t) => {
    const tty = open(server, t);
    await login(tty, 2);
    const [one, two, three] = ['1 钱 offline creator', '2 孙 online normal', '3 李 offline normal'];
    const groups = ['1 20人群 d', one, two, three, '2 40人群 d', one, two, '3 60人群 d', one, two];
    t.same(await lists(tty), ['current login user => id:2 name:孙', FRIEND_LIST, GROUP_LIST, ...groups]);
    tty.kill();
    await everyoneLeft();
  });

  t.test('has no client any more when it is sent them all', async (t) => {
    for (const server of [await ours(t, '--client-buffer', '0'), await theirs(t)]) {
      const tty = open(server, t);
      await login(tty, 1);
      t.equal(await tty.ended(), ABORTED);
      t.match(tty.written, "terminate called after throwing an instance of 'nlohmann::detail::parse_error'");
      await everyoneLeft();
    }
  });
});

// Under the names of their users, what an original sends of them: as little of it is seen.
const JOINED = { 张三: '张三', 李: '李\u2060', 你好吗: '你好吗\u2060', 买买提江吾: '买买提江吾\u2060' };

t.test('DIFFERENCES 20: names of one, three and five characters are seen as they are', async (t) => {
  await emptyDatabase();
  const server = await ours(t);
  await meet(server, Object.keys(JOINED), 3, [3]);

  async function seen(node: Server, [one, two, three, four]: readonly string[]): Promise<void> {
    const tty = open(node, t);
    await login(tty, 1);
    const friends = [`2 ${two} offline`, `3 ${three} offline`, `4 ${four} offline`];
    const members = [`1 ${one} online creator`, `2 ${two} offline normal`, `3 ${three} offline normal`];
    const me = `current login user => id:1 name:${one}`;
    t.same(await lists(tty), [me, FRIEND_LIST, ...friends, GROUP_LIST, '1 3人群 d', ...members]);
    tty.type('loginout\r');
    await everyoneLeft();
    for (const [n, name] of [two, three, four].entries()) {
      const other = open(node, t);
      await login(other, n + 2);
      t.equal((await lists(other))[0], `current login user => id:${n + 2} name:${name}`);
      other.type('loginout\r');
      await everyoneLeft();
    }
  }

  await seen(server, Object.keys(JOINED));
  await seen(await theirs(t), Object.values(JOINED));
});
