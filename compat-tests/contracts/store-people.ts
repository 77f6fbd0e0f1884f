import { type Contract, user } from './open-store.js';

/** The database decides the order, and may decide another as its tables fill. */
const byId = <T extends { readonly id: number }>(rows: readonly T[]) => [...rows].sort((a, b) => a.id - b.id);

/** Friends, groups and members. */
export const people: Contract = {
  'friends: one way, with their states, each once': async (t, { store, database }) => {
    await database.seed({ user: [user(1, 'one'), user(2, 'two', 'online'), user(3, 'three')] });
    t.strictSame(await store.friends(1), []);
    await store.addFriend(1, 3);
    await store.addFriend(1, 2);
    await Promise.all([store.addFriend(1, 3), store.addFriend(1, 3), store.addFriend(1, 3)]);
    await store.addFriend(1, 99);
    const [two, three] = [
      { id: 2, name: 'two', state: 'online' },
      { id: 3, name: 'three', state: 'offline' },
    ];
    t.strictSame(byId(await store.friends(1)), [two, three]);
    t.strictSame(await store.friends(3), []);
    const { friend } = await database.rows();
    t.same(
      friend.map((row) => [row.userid, row.friendid]),
      [
        [1, 2],
        [1, 3],
        [1, 99],
      ],
    );
  },

  'friends: adding at once does not add twice': async (t, { store, database }) => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => store.addFriend(1, i % 2)));
    t.equal((await database.rows()).friend.length, 2);
  },

  'friends and groups: rows that exist twice come once (DIFFERENCES 14)': async (
    t,
    { store, database, keyed },
  ) => {
    if (keyed) return;
    const friends = [3, 2, 3, 2].map((friendid) => ({ userid: 1, friendid }));
    const members = [2, 1, 2, 1].map((userid) => ({ groupid: 5, userid, grouprole: 'normal' }));
    await database.seed({
      user: [user(1, 'one'), user(2, 'two'), user(3, 'three')],
      allgroup: [{ id: 5, groupname: 'five', groupdesc: null }],
      friend: friends,
      groupuser: members,
    });
    t.strictSame(
      byId(await store.friends(1)).map(({ id }) => id),
      [2, 3],
    );
    const groups = await store.groups(1);
    t.strictSame(
      groups.map(({ id, groupdesc, users }) => [id, groupdesc, users.length]),
      [[5, '', 2]],
    );
    t.equal((await store.members(5)).length, 2);
    t.equal((await store.memberIds(5)).length, 2);
  },

  'groups: with the first of their members only, or with none': async (t, { store, database }) => {
    const ids = Array.from({ length: 30 }, (_, n) => n + 1);
    await database.seed({
      user: ids.map((id) => user(id, `user ${id}`)),
      allgroup: [5, 6].map((id) => ({ id, groupname: `${id}`, groupdesc: '' })),
      groupuser: ids.flatMap((userid) =>
        (userid <= 3 ? [5, 6] : [5]).map((groupid) => ({ groupid, userid, grouprole: 'normal' })),
      ),
    });
    const all = await store.groups(1);
    t.same(
      all.map(({ users }) => users.length),
      [30, 3],
    );
    for (const most of [0, 1, 3, 10, 30, 1000])
      t.strictSame(
        await store.groups(1, most),
        all.map((group) => ({ ...group, users: group.users.slice(0, most) })),
        `at most ${most}`,
      );
  },

  'groups: created, joined, listed with their users': async (t, { store, database }) => {
    await database.seed({ user: [user(1, 'one'), user(2, 'two', 'online'), user(3, 'three')] });
    await store.createGroup(2, 'first', 'the first');
    await store.createGroup(1, `it's`, '');
    const { allgroup } = await database.rows();
    const [first, second] = allgroup.map((row) => Number(row.id)) as [number, number];
    await store.addGroup(1, first);
    await Promise.all([store.addGroup(1, first), store.addGroup(2, first)]);
    const one = (role: string) => ({ id: 1, name: 'one', state: 'offline', role });
    const two = { id: 2, name: 'two', state: 'online', role: 'creator' };
    const firstGroup = { id: first, groupname: 'first', groupdesc: 'the first', users: [one('normal'), two] };
    const inOrder = async (id: number) =>
      byId((await store.groups(id)).map((group) => ({ ...group, users: byId(group.users) })));
    t.strictSame(await inOrder(1), [
      firstGroup,
      { id: second, groupname: `it's`, groupdesc: '', users: [one('creator')] },
    ]);
    t.strictSame(await inOrder(2), [firstGroup]);
    t.strictSame(await store.groups(3), []);
    t.equal((await database.rows()).groupuser.length, 3);
  },

  'createGroup: a name that is taken or too long leaves nothing': async (t, { store, database }) => {
    t.type(await store.createGroup(1, 'taken', ''), 'number');
    t.equal(await store.createGroup(2, 'taken', ''), undefined);
    await store.createGroup(2, 'TAKEN', '');
    await store.createGroup(2, 'n'.repeat(51), '');
    await store.createGroup(2, 'name', 'd'.repeat(201));
    const { allgroup, groupuser } = await database.rows();
    t.match(allgroup, [{ groupname: 'taken' }]);
    t.equal(allgroup.length, 1);
    t.match(groupuser, [{ userid: 1, grouprole: 'creator' }]);
    t.equal(groupuser.length, 1);
    await store.createGroup(2, 'n'.repeat(50), 'd'.repeat(200));
    t.match(await store.members(Number((await database.rows()).allgroup.at(-1)?.id)), [{ id: 2 }]);
  },

  'members: with their states, also those without an account': async (t, { store, database }) => {
    await database.seed({
      user: [user(1, 'one'), user(2, 'two', 'online'), user(3, 'three')],
      groupuser: [2, 1, 99].map((userid) => ({ groupid: 5, userid, grouprole: 'normal' })),
    });
    const members = async (groupid: number) => byId(await store.members(groupid));
    t.strictSame(await members(5), [
      { id: 1, state: 'offline' },
      { id: 2, state: 'online' },
      { id: 99, state: 'offline' },
    ]);
    t.strictSame(await members(6), []);
    t.strictSame(byId(await store.memberIds(5)), [{ id: 1 }, { id: 2 }, { id: 99 }]);
    t.strictSame(await store.memberIds(6), []);
    const asked = [members(5), members(5)];
    await store.goOnline(1);
    t.match((await members(5))[0], { id: 1, state: 'online' }, 'asked after the change');
    await Promise.all(asked);
  },

  'removeFriend: one way, also what is stored twice': async (t, { store, database, keyed }) => {
    const twice = keyed ? [] : [{ userid: 1, friendid: 2 }];
    await database.seed({
      friend: [{ userid: 1, friendid: 2 }, { userid: 2, friendid: 1 }, { userid: 1, friendid: 3 }, ...twice],
    });
    t.equal(await store.removeFriend(1, 2), true);
    t.equal(await store.removeFriend(1, 2), false);
    t.equal(await store.removeFriend(3, 1), false);
    const { friend } = await database.rows();
    t.same(
      friend.map((row) => [row.userid, row.friendid]),
      [
        [1, 3],
        [2, 1],
      ],
    );
  },

  'a group: with its members, their roles, and without those who leave': async (t, { store, database }) => {
    await database.seed({ user: [user(1, 'one'), user(2, 'two', 'online'), user(3, 'three')] });
    const groupid = (await store.createGroup(1, 'group', 'about')) ?? 0;
    await store.addGroup(2, groupid);
    await store.addGroup(99, groupid);
    const group = await store.group(groupid);
    t.match(group, { id: groupid, groupname: 'group', groupdesc: 'about' });
    t.strictSame(byId(group?.users ?? []), [
      { id: 1, name: 'one', state: 'offline', role: 'creator' },
      { id: 2, name: 'two', state: 'online', role: 'normal' },
    ]);
    t.equal(await store.group(groupid + 1), undefined);
    t.equal(await store.roleIn(groupid, 1), 'creator');
    t.equal(await store.roleIn(groupid, 2), 'normal');
    t.equal(await store.roleIn(groupid, 3), undefined);
    t.equal(await store.removeMember(groupid, 2), true);
    t.equal(await store.removeMember(groupid, 2), false);
    t.equal(await store.roleIn(groupid, 2), undefined);
    t.strictSame(byId(await store.memberIds(groupid)), [{ id: 1 }, { id: 99 }]);
  },

  'removeGroup: with its memberships, and no other; its id is not given again': async (
    t,
    { store, database },
  ) => {
    const [first, second] = [
      await store.createGroup(1, 'first', ''),
      await store.createGroup(2, 'second', ''),
    ];
    await store.addGroup(2, first ?? 0);
    t.strictSame(byId(await store.removeGroup(first ?? 0)), [{ id: 1 }, { id: 2 }]);
    t.strictSame(await store.removeGroup(first ?? 0), []);
    const { allgroup, groupuser } = await database.rows();
    t.match(allgroup, [{ id: second, groupname: 'second' }]);
    t.match(groupuser, [{ groupid: second, userid: 2 }]);
    t.equal(allgroup.length + groupuser.length, 2);
    t.ok(((await store.createGroup(1, 'third', '')) ?? 0) > (second ?? 0));
    t.equal((await store.removeGroup(second ?? 0)).length, 1, 'the newest but one');
  },

  'renameGroup: to what createGroup takes': async (t, { store }) => {
    const groupid = (await store.createGroup(1, 'first', 'same')) ?? 0;
    await store.createGroup(1, 'second', '');
    t.equal(await store.renameGroup(groupid, 'second'), false, 'taken');
    t.equal(await store.renameGroup(groupid, 'n'.repeat(51)), false, 'too long');
    t.match(await store.group(groupid), { groupname: 'first' });
    // The original's table has no Chinese names of groups.
    const wide = (await store.createGroup(2, '群', '')) === undefined ? [] : ['改名了', '陆', '陆'];
    for (const name of [`it's`, ...wide]) {
      t.equal(await store.renameGroup(groupid, name), true);
      t.match(await store.group(groupid), { groupname: name, groupdesc: 'same' });
    }
  },
};
