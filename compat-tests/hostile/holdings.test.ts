import t from 'tap';
import { writeDialect } from '../dialects/site.js';
import { Site } from '../harness/site.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

t.test(
  'an account has no more friends and groups than it may have, and is told where clients are',
  async (t) => {
    const replies = { addFriend: 20, createGroup: 21, joinGroup: 22 };
    const file = writeDialect({ replies, friendship: 'both ways' });
    t.teardown(() => file.remove());
    const site = await Site.embedded('--max-friends', '3', '--max-groups', '2', '--dialect', file.path);
    t.teardown(() => site.stop());
    const one = await User.connect(site.node(0));
    for (const name of ['one', 'two', 'three', 'four', 'five']) await one.register(name);
    await one.login(1);
    const ask = async (fields: object) => {
      await one.say({ ...fields, id: 1 });
      return (await one.hear()).errno;
    };
    t.equal(await ask({ msgid: 7, friendid: 2 }), 0);
    t.equal(await ask({ msgid: 8, groupname: 'a', groupdesc: '' }), 0);
    await one.close();

    const again = await User.connect(site.node(0));
    await again.login(1);
    const say = async (fields: object) => {
      await again.say({ ...fields, id: 1 });
      return (await again.hear()).errno;
    };
    t.same(
      [await say({ msgid: 7, friendid: 3 }), await say({ msgid: 7, friendid: 4 })],
      [0, 0],
      'those that it had at its login count',
    );
    t.equal(await say({ msgid: 7, friendid: 5 }), 1);
    t.equal(await say({ msgid: 8, groupname: 'b', groupdesc: '' }), 0);
    t.equal(await say({ msgid: 8, groupname: 'c', groupdesc: '' }), 1);
    t.equal(await say({ msgid: 9, groupid: 3 }), 1);
    t.equal(await say({ msgid: 9, groupid: 1 }), 0, 'it is in that one already');
    await again.say({ id: 1, msgid: 6, toid: 1, msg: 'goes on' });
    t.match(await again.hear(), { msg: 'goes on' });
    const { friend, allgroup } = await site.database.rows();
    t.equal(friend.length, 6, 'three friends, both ways');
    t.equal(allgroup.length, 2);
  },
);

t.test('where clients get no reply, the log tells it', async (t) => {
  const site = await Site.embedded('--max-groups', '1');
  t.teardown(() => site.stop());
  const one = await User.connect(site.node(0));
  await one.register('one');
  await one.login(1);
  for (const groupname of ['a', 'b', 'c']) await one.say({ id: 1, msgid: 8, groupname, groupdesc: '' });
  t.same(await one.settle(), []);
  await site.node(0).child.logged(/too many groups/);
});

t.test(
  'what is there already is no more: it is added again at the limit, and below it does not count',
  async (t) => {
    const replies = { addFriend: 20, createGroup: 21, joinGroup: 22 };
    const file = writeDialect({ replies });
    t.teardown(() => file.remove());
    const site = await Site.embedded('--max-friends', '2', '--max-groups', '2', '--dialect', file.path);
    t.teardown(() => site.stop());
    const one = await User.connect(site.node(0));
    for (const name of ['one', 'two', 'three', 'four']) await one.register(name);
    await one.login(1);
    const ask = async (fields: object) => {
      await one.say({ ...fields, id: 1 });
      return (await one.hear()).errno;
    };
    for (const friendid of [2, 2, 2, 3, 2, 3])
      t.equal(await ask({ msgid: 7, friendid }), 0, `friend ${friendid}`);
    t.equal(await ask({ msgid: 7, friendid: 4 }), 1, 'the third');
    const create = (groupname: string) => ask({ msgid: 8, groupname, groupdesc: '' });
    t.same([await create('a'), await create('a'), await create('a'), await create('b')], [0, 1, 1, 0]);
    for (const groupid of [1, 1, 1]) t.equal(await ask({ msgid: 9, groupid }), 0, 'a member already');
    t.equal(await create('c'), 1, 'the third');
  },
);

t.test(
  'a group has no more members, and an account makes no more groups in an hour, than allowed',
  async (t) => {
    const replies = { addFriend: 20, createGroup: 21, joinGroup: 22 };
    const file = writeDialect({ replies });
    t.teardown(() => file.remove());
    const site = await Site.embedded('--max-members', '2', '--groups-per-hour', '2', '--dialect', file.path);
    t.teardown(() => site.stop());
    const ask = async (user: User, fields: object) => {
      await user.say(fields);
      return (await user.hear()).errno;
    };
    for (const groupname of ['a', 'b', 'c']) {
      const one = await User.connect(site.node(0));
      if (groupname === 'a') for (const name of ['one', 'two', 'three']) await one.register(name);
      await one.login(1);
      const errno = await ask(one, { msgid: 8, id: 1, groupname, groupdesc: '' });
      t.equal(errno, groupname === 'c' ? 1 : 0, `group ${groupname}, each on its own connection`);
      await one.say({ msgid: 3, id: 1 });
      await one.close();
    }
    for (const [id, errnos] of [
      [2, [0, 0]],
      [3, [1, 1]],
    ] as const) {
      const user = await User.online(site.node(0), id);
      for (const errno of errnos) t.equal(await ask(user, { msgid: 9, id, groupid: 1 }), errno, `user ${id}`);
    }
    const { groupuser } = await site.database.rows();
    t.equal(groupuser.filter(({ groupid }) => groupid === 1).length, 2);
  },
);

t.test(
  'where friendships go both ways, nobody can fill the list of another, and keep it from adding',
  async (t) => {
    const replies = { addFriend: 20, friendAgree: 23 };
    const file = writeDialect({ requests: { friendAgree: 15 }, replies, friendship: 'both ways' });
    t.teardown(() => file.remove());
    const site = await Site.embedded('--max-friends', '4', '--dialect', file.path);
    t.teardown(() => site.stop());
    const victim = await User.connect(site.node(0));
    const all = Array.from({ length: 8 }, (_, index) => index + 1);
    for (const id of all) await victim.register(`user ${id}`);
    const others = await Promise.all(all.slice(1).map((id) => User.online(site.node(0), id)));
    const add = async (user: User, id: number) => {
      const asks = id % 2 === 0 ? { msgid: 7, id, friendid: 1 } : { msgid: 15, id: 1, friendid: id };
      await user.say(asks);
      return (await user.hear()).errno;
    };
    const listed = async () => (await site.database.rows()).friend.filter(({ userid }) => userid === 1);
    await Promise.all(others.map((user, index) => add(user, index + 2)));
    t.ok((await listed()).length <= 2, 'others fill half of its list at most, also when they come at once');
    for (const [index, user] of others.entries()) await add(user, index + 2);
    const given = (await listed()).map(({ friendid }) => Number(friendid));
    t.equal(given.length, 2, 'and one after the other');

    await victim.login(1);
    const want = async (friendid: number) => {
      await victim.say({ msgid: 7, id: 1, friendid });
      return (await victim.hear()).errno;
    };
    const wanted = all.slice(1).filter((id) => !given.includes(id));
    t.same([await want(wanted[0] as number), await want(wanted[1] as number)], [0, 0], 'the rest is its own');
    t.equal(await want(wanted[2] as number), 1, 'up to the limit');
    t.equal(await want(given[0] as number), 0, 'who is there already may be added again');
    t.equal((await listed()).length, 4);
  },
);
