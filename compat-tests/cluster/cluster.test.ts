import t from 'tap';
import { until } from '../harness/deadline.js';
import { User } from '../harness/user.js';
import { ClusterSite } from './site.js';

const site = await ClusterSite.start(3);
t.teardown(() => site.stop());

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

t.test('a thousand messages each way cross two nodes, in order', async (t) => {
  await site.accounts(1, 2);
  const [a, b] = [await site.online(0, 1), await site.online(1, 2)];
  const sent = numbers(1000);
  for (const n of sent) {
    await a.chat(1, 2, `a ${n}`);
    await b.chat(2, 1, `b ${n}`);
  }
  for (const n of sent) t.equal((await b.hear()).msg, `a ${n}`);
  for (const n of sent) t.equal((await a.hear()).msg, `b ${n}`);
  t.same((await site.database.rows()).offlinemessage, []);
  await Promise.all([a.close(), b.close()]);
});

t.test('group chat reaches the members on every node, and is stored for the others', async (t) => {
  await site.accounts(1, 2, 3, 4);
  const users = [await site.online(0, 1), await site.online(1, 2), await site.online(2, 3)] as const;
  const [creator, ...members] = users;
  await creator.say({ id: 1, msgid: 8, groupname: 'all', groupdesc: '' });
  await creator.settle();
  for (const [n, member] of members.entries()) {
    await member.say({ groupid: 1, id: n + 2, msgid: 9 });
    await member.settle();
  }
  const four = await site.online(1, 4);
  await four.say({ groupid: 1, id: 4, msgid: 9 });
  await four.settle();
  await four.close();
  // Its turn: this login waits until the closed connection's user has left.
  await (await site.online(1, 4)).close();
  for (const n of numbers(100)) await creator.groupChat(1, 1, `g ${n}`);
  await creator.settle();
  for (const member of members) for (const n of numbers(100)) t.equal((await member.hear()).msg, `g ${n}`);
  const rows = (await site.database.rows()).offlinemessage;
  t.same(
    rows.map(({ userid }) => userid),
    Array(100).fill(4),
  );
  await Promise.all(users.map((user) => user.close()));
});

t.test('an account that is online on one node is refused on the others', async (t) => {
  await site.accounts(1);
  const user = await site.online(0, 1);
  const other = await User.connect(site.node(1));
  const refused = { errmsg: 'this account is using, input another!', errno: 2, msgid: 2 };
  t.same(await other.login(1), refused);
  t.same(await (await User.connect(site.node(0))).login(1), refused);
  await user.say({ id: 1, msgid: 3 });
  await user.settle();
  t.equal((await other.login(1)).errno, 0);
  await Promise.all([user.close(), other.close()]);
});

t.test('of many logins at once on all nodes exactly one wins', async (t) => {
  await site.accounts(1);
  const users = await Promise.all(numbers(12).map((n) => User.connect(site.node(n % 3))));
  const replies = await Promise.all(users.map((user) => user.login(1)));
  t.same(replies.map(({ errno }) => errno).sort(), [0, ...Array(11).fill(2)]);
  await Promise.all(users.map((user) => user.close()));
});

t.test('DIFFERENCES 9: what is published to nobody is stored', async () => {
  await site.accounts(1, 2);
  const [a, b] = [await site.online(0, 1), await site.online(1, 2)];
  await site.node(1).child.stop('SIGKILL');
  for (const n of numbers(10)) await a.chat(1, 2, `late ${n}`);
  await a.settle();
  // Kept until the node is known to be dead.
  await until(async () => (await site.database.rows()).offlinemessage.length === 10, 'all to be stored');
  site.nodes[1] = await site.startNode();
  await b.client.end();
  await a.close();
});

t.test('DIFFERENCES 10: the account of a crashed node may log in, on one node only', async (t) => {
  await site.accounts(1);
  await site.online(1, 1);
  await site.node(1).child.stop('SIGKILL');
  site.nodes[1] = await site.startNode();
  t.same(await site.database.online(), [1], 'still online in the database');
  const users = await Promise.all(numbers(6).map((n) => User.connect(site.node(n % 3))));
  const replies = await Promise.all(users.map((user) => user.login(1)));
  t.same(replies.map(({ errno }) => errno).sort(), [0, 2, 2, 2, 2, 2]);
  t.same(await site.database.online(), [1]);
  await Promise.all(users.map((user) => user.close()));
});

t.test('a rolling restart loses nothing while clients chat', async (t) => {
  await site.accounts(1, 2);
  const sender = await site.online(0, 1);
  let receiver = await site.online(1, 2);
  const heard: string[] = [];
  let sent = 0;
  const chat = async (count: number) => {
    for (const _ of numbers(count)) await sender.chat(1, 2, `m ${sent++}`);
    await sender.settle();
  };
  for (const index of [1, 2]) {
    await chat(200);
    const [rest] = await Promise.all([receiver.rest(), site.node(index).child.stop('SIGTERM'), chat(200)]);
    heard.push(...rest.map(({ msg }) => msg));
    site.nodes[index] = await site.startNode(site.node(index).port);
    receiver = await User.connect(site.node(index === 1 ? 2 : 1));
    const { offlinemsg = [] } = await receiver.login(2);
    heard.push(...offlinemsg.map((text: string) => JSON.parse(text).msg));
  }
  await chat(1);
  heard.push((await receiver.hear()).msg);
  t.same(
    heard.sort(),
    numbers(sent)
      .map((n) => `m ${n}`)
      .sort(),
  );
  await Promise.all([sender.close(), receiver.close()]);
});
