import t from 'tap';
import { writeDialect } from '../dialects/site.js';
import type { Document, User } from '../harness/user.js';
import { ask, items, onAllPlaces, onBothStores, type Place } from './site.js';

t.setTimeout(600_000);

/** A client of the original: it never asks, and must never be told. */
async function bystander({ online }: Place, id: number): Promise<User> {
  return online(1, id);
}

/** A group of user 1, with these others in it. */
async function group(users: readonly (readonly [id: number, user: User])[]): Promise<number> {
  const [[creator, first]] = users as [[number, User]];
  const made = await ask(first, { id: creator, msgid: 8, groupname: 'g', groupdesc: 'd', seq: 1 });
  for (const [id, user] of users.slice(1)) await ask(user, { id, msgid: 9, groupid: made.groupid, seq: 1 });
  return made.groupid;
}

const refused = (msgid: number, errmsg: string): Document => ({ errmsg, errno: 1, msgid });

await onAllPlaces(t, {
  'DIFFERENCES 24: what the server can do': async (t, { accounts, online }) => {
    await accounts(1);
    const user = await online(0, 1);
    const answer = await ask(user, { msgid: 101, seq: 'any' });
    t.match(answer, { errno: 0, msgid: 102, seq: 'any' });
    for (const verb of ['login', 'heartbeat', 'deleteFriend', 'changePassword'])
      t.ok(answer.can.includes(verb), verb);
    await user.close();
  },

  'answers to add friend, create group and join group, for who wants them': async (t, place) => {
    await place.accounts(1, 2);
    const [one, two] = [await place.online(0, 1), await bystander(place, 2)];
    t.same(await ask(one, { id: 1, msgid: 7, friendid: 2, seq: 5 }), { errno: 0, msgid: 127, seq: 5 });
    t.same(await ask(one, { id: 1, msgid: 7, friendid: 99, seq: 6 }), {
      ...refused(127, 'no such user'),
      seq: 6,
    });
    const made = await ask(one, { id: 1, msgid: 8, groupname: 'g', groupdesc: 'd', seq: 7 });
    t.match(made, { errno: 0, msgid: 128, seq: 7, groupid: Number });
    t.same(await ask(one, { id: 1, msgid: 8, groupname: 'g', groupdesc: '', seq: 8 }), {
      ...refused(128, 'the name is taken or too long'),
      seq: 8,
    });
    t.same(await ask(one, { id: 1, msgid: 9, groupid: made.groupid + 9, seq: 9 }), {
      ...refused(129, 'no such group'),
      seq: 9,
    });
    // A client that does not want an answer gets none, as from the original.
    await two.say({ id: 2, msgid: 7, friendid: 99 });
    await two.say({ id: 2, msgid: 8, groupname: 'other', groupdesc: '' });
    await two.say({ id: 2, msgid: 9, groupid: made.groupid });
    t.same(await two.settle(), []);
    const { groupuser, friend } = await place.site.database.rows();
    t.equal(groupuser.length, 3);
    t.equal(friend.length, 2);
    await Promise.all([one.close(), two.close()]);
  },

  'delete friend': async (t, place) => {
    await place.accounts(1, 2);
    const [one, two] = [await place.online(0, 1), await bystander(place, 2)];
    await one.say({ id: 1, msgid: 7, friendid: 2 });
    await two.say({ id: 2, msgid: 7, friendid: 1 });
    await two.settle();
    t.same(await ask(one, { id: 1, msgid: 105, friendid: 2 }), { errno: 0, msgid: 106 });
    t.same(await ask(one, { id: 1, msgid: 105, friendid: 2, seq: 3 }), {
      ...refused(106, 'not a friend'),
      seq: 3,
    });
    t.same(await two.settle(), []);
    t.match((await place.site.database.rows()).friend, [{ userid: 2, friendid: 1 }], 'her own list is hers');
    for (const [request, why] of [
      [{ id: 2, msgid: 105, friendid: 1 }, 'not logged in as the sender'],
      [{ id: 1, msgid: 105 }, 'friendid is not a number'],
      [{ id: 1, msgid: 105, friendid: 'two' }, 'friendid is not a number'],
      [{ msgid: 105, friendid: 2 }, 'id is not a number'],
    ] as const)
      t.same(await ask(one, request), refused(106, why));
    await Promise.all([one.close(), two.close()]);
  },

  'leave a group: its members may, but not its creator': async (t, place) => {
    await place.accounts(1, 2, 3);
    const [one, two] = [await place.online(0, 1), await place.online(1, 2)];
    const three = await bystander(place, 3);
    const groupid = await group([
      [1, one],
      [2, two],
      [3, three],
    ]);
    t.same(await ask(two, { id: 2, msgid: 107, groupid }), { errno: 0, groupid, msgid: 108 });
    t.same(await ask(two, { id: 2, msgid: 107, groupid }), refused(108, 'not a member'));
    t.same(
      await ask(one, { id: 1, msgid: 107, groupid }),
      refused(108, 'the creator of a group cannot leave it, only dissolve it'),
    );
    await one.groupChat(1, groupid, 'who is left?');
    t.match(await three.hear(), { msg: 'who is left?' });
    t.same(await two.settle(), []);
    await two.groupChat(2, groupid, 'not me');
    await two.settle();
    t.same(await three.settle(), []);
    await Promise.all([one.close(), two.close(), three.close()]);
  },

  'dissolve a group: only its creator may, and every member is told': async (t, place) => {
    await place.accounts(1, 2, 3, 4);
    const [one, two] = [await place.online(0, 1), await place.online(1, 2)];
    const three = await place.online(0, 3);
    const groupid = await group([
      [1, one],
      [2, two],
      [3, three],
    ]);
    await three.say({ id: 3, msgid: 3 });
    await three.settle();
    t.same(await ask(two, { id: 2, msgid: 109, groupid }), refused(110, 'not the creator of the group'));
    t.same(await ask(one, { id: 1, msgid: 109, groupid: 99 }), refused(110, 'not a member'));
    t.same(await ask(one, { id: 1, msgid: 109, groupid, seq: 4 }), { errno: 0, groupid, msgid: 110, seq: 4 });
    const told = { groupid, id: 1, msgid: 10, msg: /dissolved/, name: 'u1', time: String };
    t.match(await two.hear(), told);
    const login = await three.login(3);
    t.notOk('groups' in login);
    t.match(items(login.offlinemsg), [told], 'who was away is told at the login');
    await two.groupChat(2, groupid, 'still here?');
    await two.settle();
    t.same([...(await one.settle()), ...(await three.settle())], []);
    const { allgroup, groupuser } = await place.site.database.rows();
    t.same([allgroup, groupuser], [[], []]);
    t.same(await ask(one, { id: 1, msgid: 109, groupid }), refused(110, 'not a member'));
    await Promise.all([one.close(), two.close(), three.close()]);
  },

  'list the members, rename': async (t, place) => {
    await place.accounts(1, 2, 3);
    const [one, two] = [await place.online(0, 1), await place.online(1, 2)];
    const three = await bystander(place, 3);
    const groupid = await group([
      [1, one],
      [2, two],
    ]);
    const listed = await ask(two, { id: 2, msgid: 111, groupid });
    t.match(listed, { errno: 0, msgid: 112 });
    const [found] = items(listed.groups);
    t.match(found, { id: groupid, groupname: 'g', groupdesc: 'd' });
    t.same(
      items(found?.users).sort((a, b) => a.id - b.id),
      [
        { id: 1, name: 'u1', role: 'creator', state: 'online' },
        { id: 2, name: 'u2', role: 'normal', state: 'online' },
      ],
    );
    t.same(await ask(three, { id: 3, msgid: 111, groupid }), refused(112, 'not a member'));
    const rename = (id: number, groupname: unknown) => ({ id, msgid: 113, groupid, groupname });
    t.same(await ask(two, rename(2, 'mine')), refused(114, 'not the creator of the group'));
    t.same(await ask(one, rename(1, '')), refused(114, 'an empty name'));
    t.same(await ask(one, rename(1, 7)), refused(114, 'groupname is not a string'));
    t.same(await ask(one, rename(1, 'n'.repeat(51))), refused(114, 'the name is taken or too long'));
    t.same(await ask(one, rename(1, "it's new")), { errno: 0, groupid, msgid: 114 });
    t.match(items((await ask(two, { id: 2, msgid: 111, groupid })).groups), [{ groupname: "it's new" }]);
    t.same(await three.settle(), []);
    await Promise.all([one.close(), two.close(), three.close()]);
  },

  'who am I, who is that': async (t, place) => {
    await place.accounts(1, 2, 3);
    const [one, two] = [await place.online(0, 1), await bystander(place, 2)];
    const is = (id: number, state: string) => ({ errno: 0, id, msgid: 116, name: `u${id}`, state });
    t.same(await ask(one, { id: 1, msgid: 115 }), is(1, 'online'));
    t.same(await ask(one, { id: 1, msgid: 115, toid: 2 }), is(2, 'online'));
    t.same(await ask(one, { id: 1, msgid: 115, toname: 'u3' }), is(3, 'offline'));
    for (const whom of [
      { toid: 99 },
      { toid: -1 },
      { toname: 'u' },
      { toname: '' },
      { toname: "u3' or '1'='1" },
    ])
      t.same(await ask(one, { id: 1, msgid: 115, ...whom }), refused(116, 'no such user'));
    t.same(await ask(one, { id: 1, msgid: 115, toname: 3 }), refused(116, 'toname is not a string'));
    t.same(await two.settle(), []);
    await Promise.all([one.close(), two.close()]);
  },

  'change the password: the old one is needed': async (t, place) => {
    await place.accounts(1, 2);
    const [one, two] = [await place.online(0, 1), await bystander(place, 2)];
    const change = (password: unknown, newpassword: unknown, id = 1) => ({
      ...{ id, msgid: 117, password, newpassword },
    });
    const invalid = refused(118, 'id or password is invalid!');
    t.same(await ask(one, change('no', 'new')), invalid);
    t.same(await ask(one, change('pw', 'new', 2)), refused(118, 'not logged in as the sender'));
    t.same(await ask(one, change('pw', '')), refused(118, 'an empty password'));
    t.same(await ask(one, change('pw', null)), refused(118, 'newpassword is not a string'));
    t.same(
      await ask(one, change('pw', 'p'.repeat(51))),
      refused(118, 'the new password is too long, or the database cannot hold it'),
    );
    t.same(await ask(one, change('pw', `it's "new"`)), { errno: 0, id: 1, msgid: 118 });
    t.same(await ask(one, change('pw', 'again')), invalid);
    await one.say({ id: 1, msgid: 3 });
    t.match(await one.login(1, 'pw'), { errno: 1 });
    t.match(await one.login(1, `it's "new"`), { errno: 0 });
    t.same(await two.settle(), []);
    await Promise.all([one.close(), two.close()]);
  },

  'nothing of it without a login': async (t, place) => {
    await place.accounts(1, 2);
    const two = await place.online(1, 2);
    for (const msgid of [105, 107, 109, 111, 113, 115, 117])
      t.same(
        await ask(two, {
          id: 1,
          msgid,
          friendid: 2,
          groupid: 1,
          groupname: 'g',
          password: 'pw',
          newpassword: 'x',
        }),
        refused(msgid + 1, 'not logged in as the sender'),
      );
    await two.close();
  },
});

const both = writeDialect({ friendship: 'both ways' });
t.teardown(() => both.remove());

await onBothStores(
  t,
  {
    'delete friend where a friendship is on both lists: it leaves both, whoever deletes it': async (
      t,
      place,
    ) => {
      await place.accounts(1, 2, 3);
      const [one, two] = [await place.online(0, 1), await bystander(place, 2)];
      await ask(one, { id: 1, msgid: 7, friendid: 3, seq: 1 });
      for (const [user, id, friendid] of [
        [one, 1, 2],
        [two, 2, 1],
      ] as const) {
        await ask(one, { id: 1, msgid: 7, friendid: 2, seq: 1 });
        t.same(await ask(user, { id, msgid: 105, friendid }), { errno: 0, msgid: 106 });
        t.match(await ask(user, { id, msgid: 105, friendid }), refused(106, 'not a friend'));
        const { friend } = await place.site.database.rows();
        t.same(friend.map(({ userid, friendid }) => [userid, friendid]).sort(), [
          [1, 3],
          [3, 1],
        ]);
      }
      await Promise.all([one.close(), two.close()]);
    },
  },
  '--dialect',
  both.path,
);
