import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { until } from '../harness/deadline.js';
import { openMysql } from '../harness/mysql-database.js';
import { type Document, User } from '../harness/user.js';
import { wasRead } from '../harness/was-read.js';

// Each of these tests waits for seconds and does nothing meanwhile.
t.jobs = 3;

const UNAVAILABLE = { errmsg: 'service is unavailable, try again later!', errno: 3 };

/** Two nodes with users 1 and 2 on the first, 3 on the second; 4 is offline; all are in group 1. */
async function open(t: Test): Promise<{ site: ClusterSite; users: [User, User, User] }> {
  const site = await ClusterSite.start(2);
  t.teardown(() => site.stop());
  const ids = [1, 2, 3, 4];
  await site.database.seed({
    user: ids.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
    allgroup: [{ id: 1, groupname: 'g', groupdesc: '' }],
    groupuser: ids.map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
  });
  return { site, users: [await site.online(0, 1), await site.online(0, 2), await site.online(1, 3)] };
}

/** The texts that are stored and for whom, once there are so many. */
async function stored(t: Test, site: ClusterSite, count: number): Promise<string[]> {
  // The site's own connection has ended with the database.
  const database = await openMysql(site.mariadb.url('chat'));
  t.teardown(() => database.close());
  let texts: string[] = [];
  const complete = async () => {
    const { offlinemessage } = await database.rows();
    texts = offlinemessage.map(({ userid, message }) => `${userid} ${JSON.parse(String(message)).msg}`);
    return texts.length >= count;
  };
  await until(complete, `${count} stored messages`).catch(({ message }: Error) => {
    throw new Error(`${message}, having ${texts.length}; the node logged:\n${site.node(0).child.log}`);
  });
  return texts.sort();
}

/** The texts of the next chats that a user hears. */
async function heard(user: User, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) texts.push((await user.hear()).msg);
  return texts;
}

/** Whether a request is refused because the database is away, after a few seconds; it is waited for until the deadline. */
async function refused(request: Promise<Document>, msgid: number): Promise<boolean> {
  const start = performance.now();
  const reply = await request;
  const waited = performance.now() - start;
  return isDeepStrictEqual(reply, { ...UNAVAILABLE, msgid }) && waited > 2000;
}

const texts = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n}`);

for (const how of ['killed', 'frozen'] as const) {
  t.test(
    `DIFFERENCES 16: requests while the database is ${how} wait, then get errno 3; chat goes on`,
    async (t) => {
      const { site, users } = await open(t);
      const [one, two, three] = users;
      const [four, stranger] = [await User.connect(site.node(0)), await User.connect(site.node(1))];
      if (how === 'killed') await site.mariadb.kill();
      else site.mariadb.freeze();

      const requests = Promise.all([refused(four.login(4), 2), refused(stranger.register('new'), 5)]);
      for (const text of texts('to all', 3)) await two.groupChat(2, 1, text);
      for (const text of texts('chat', 10)) for (const id of [2, 3, 4]) await one.chat(1, id, text);
      await two.chat(2, 1, 'behind the group');
      const chats = Promise.all([heard(two, 10), heard(three, 10)]);
      t.equal(await Promise.race([chats.then(() => 'chat'), requests]), 'chat', 'is not held up');
      t.same(await chats, [texts('chat', 10), texts('chat', 10)]);
      t.same(await requests, [true, true]);

      if (how === 'killed') await site.mariadb.start();
      else site.mariadb.thaw();
      t.same(await heard(one, 4), [...texts('to all', 3), 'behind the group'], 'in the order sent');
      t.same(await heard(three, 3), texts('to all', 3));
      const rows = await stored(t, site, 13);
      // A statement whose answer a frozen database owes may run after all: then it is stored twice, not lost.
      const once = how === 'killed' ? rows : [...new Set(rows)];
      t.same(once, [...texts('4 chat', 10), ...texts('4 to all', 3)]);
      t.equal((await four.login(4)).offlinemsg.length, rows.length);
      t.equal((await stranger.register('new')).errno, 0);
    },
  );
}

t.test(
  'DIFFERENCES 16: what was kept is written at shutdown, when the database is back in time',
  async (t) => {
    const { site, users } = await open(t);
    const [one, two] = users;
    await site.mariadb.kill();
    for (const text of texts('chat', 100)) await one.chat(1, 4, text);
    for (const text of texts('to all', 3)) await two.groupChat(2, 1, text);
    for (const user of [one, two]) await wasRead(user.client.port, site.node(0).port);
    const ended = site.node(0).child.stop('SIGTERM');
    await site.mariadb.start();
    t.equal(await ended, 0);
    const forFour = (await stored(t, site, 103)).filter((text) => text.startsWith('4'));
    t.same(forFour, [...texts('4 chat', 100), ...texts('4 to all', 3)].sort());
  },
);
