import t from 'tap';
import { MOST_ASKED } from '../../src/store/friend-requests.js';
import { writeDialect } from '../dialects/site.js';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';
import { ask, items, onAllPlaces, type Place } from './site.js';

t.setTimeout(600_000);

const refused = (msgid: number, errmsg: string): Document => ({ errmsg, errno: 1, msgid });
const friendships = async ({ site }: Pick<Place, 'site'>) =>
  (await site.database.rows()).friend.map(({ userid, friendid }) => [userid, friendid]);
const idsOf = ({ friends }: Document) => items(friends).map(({ id }) => id);

/** A request of an earlier test is none of this one: the table is not emptied between them. */
const [A, B, C] = [11, 12, 13];

await onAllPlaces(
  t,
  {
    'who adds a friend asks it, also who is away, and both have each other when it agrees': async (
      t,
      place,
    ) => {
      await place.accounts(A, B, C);
      const [one, three] = [await place.online(0, A), await place.online(1, C)];
      const { can } = await ask(one, { msgid: 101 });
      for (const verb of ['friendRequests', 'acceptFriend', 'refuseFriend']) t.ok(can.includes(verb), verb);
      t.same(await ask(one, { id: A, msgid: 7, friendid: B, seq: 1 }), { errno: 0, msgid: 127, seq: 1 });
      // As a client of the original does it: it gets no answer.
      await three.say({ id: C, msgid: 7, friendid: B });
      t.same(await three.settle(), []);
      t.same(
        await ask(one, { id: A, msgid: 7, friendid: B, seq: 2 }),
        { errno: 0, msgid: 127, seq: 2 },
        'again',
      );
      t.same(await friendships(place), []);
      const two = await User.connect(place.site.nodes[1] ?? place.site.node(0));
      t.notOk('friends' in (await two.login(B)), 'a login tells nothing of it');
      const asked = await ask(two, { id: B, msgid: 141 });
      t.match(asked, { errno: 0, msgid: 142 });
      t.same(items(asked.friends), [
        { id: C, name: 'u13', state: 'online' },
        { id: A, name: 'u11', state: 'online' },
      ]);
      t.same(await ask(two, { id: B, msgid: 143, friendid: A, seq: 3 }), { errno: 0, msgid: 144, seq: 3 });
      t.same((await friendships(place)).sort(), [
        [A, B],
        [B, A],
      ]);
      t.same(idsOf(await ask(two, { id: B, msgid: 141 })), [C]);
      t.same(await ask(two, { id: B, msgid: 143, friendid: A }), refused(144, 'nobody has asked for it'));
      t.same(await ask(two, { id: B, msgid: 145, friendid: C }), { errno: 0, msgid: 146 });
      t.same(await ask(two, { id: B, msgid: 145, friendid: C }), refused(146, 'nobody has asked for it'));
      t.same(await ask(two, { id: B, msgid: 143, friendid: C }), refused(144, 'nobody has asked for it'));
      t.equal((await friendships(place)).length, 2);
      t.same(await three.settle(), [], 'who was refused is not told');
      await Promise.all([one.close(), two.close(), three.close()]);
    },

    'who asks whom it was asked by has agreed': async (t, place) => {
      await place.accounts(21, 22);
      const [one, two] = [await place.online(0, 21), await place.online(1, 22)];
      await ask(one, { id: 21, msgid: 7, friendid: 22, seq: 1 });
      await ask(two, { id: 22, msgid: 7, friendid: 21, seq: 1 });
      t.same((await friendships(place)).sort(), [
        [21, 22],
        [22, 21],
      ]);
      t.same(idsOf({ friends: [], ...(await ask(one, { id: 21, msgid: 141 })) }), []);
      t.same(await ask(one, { id: 21, msgid: 7, friendid: 22, seq: 2 }), { errno: 0, msgid: 127, seq: 2 });
      t.same(idsOf({ friends: [], ...(await ask(two, { id: 22, msgid: 141 })) }), [], 'friends need not ask');
      await Promise.all([one.close(), two.close()]);
    },

    'what cannot be is refused with a reason': async (t, place) => {
      const others = Array.from({ length: MOST_ASKED + 1 }, (_, n) => 100 + n);
      await place.accounts(31, 32, ...others);
      const one = await place.online(0, 31);
      const add = (friendid: unknown) => ask(one, { id: 31, msgid: 7, friendid, seq: 1 });
      const told = (errmsg: string) => ({ ...refused(127, errmsg), seq: 1 });
      t.same(await add(31), told('a friendship with oneself'));
      t.same(await add(99), told('no such user'));
      t.same(await add('32'), told('friendid is not a number'));
      for (const msgid of [141, 143, 145])
        t.same(
          await ask(one, { id: 32, msgid, friendid: 31 }),
          refused(msgid + 1, 'not logged in as the sender'),
        );
      t.same(await ask(one, { id: 31, msgid: 143 }), refused(144, 'friendid is not a number'));
      for (const id of others.slice(1)) t.equal((await add(id)).errno, 0);
      t.same(await add(others[0]), told('too many requests that nobody has answered'));
      t.equal((await add(others[1])).errno, 0, 'again is no more');
      t.same(await friendships(place), []);
      await one.close();
    },
  },
  '--friend-requests',
);

const dialect = writeDialect({
  requests: { friendRequest: 21, friendAgree: 22 },
  replies: { friendAgree: 23 },
});
t.teardown(() => dialect.remove());

await onAllPlaces(
  t,
  {
    'a dialect with two documents for it: the first goes on, the second agrees, but not unasked': async (
      t,
      place,
    ) => {
      await place.accounts(A, B);
      const [one, two] = [await place.online(0, A), await place.online(1, B)];
      const agreed = { id: A, friendid: B, msgid: 22 };
      t.match(await ask(two, agreed), { errno: 1, msgid: 23 });
      t.same(await friendships(place), []);
      const request = { id: A, msgid: 21, toid: B };
      await one.say(request);
      t.same(await two.hear(), request);
      t.match(await ask(two, agreed), { errno: 0, msgid: 23 });
      t.same((await friendships(place)).sort(), [
        [A, B],
        [B, A],
      ]);
      await Promise.all([one.close(), two.close()]);
    },
  },
  '--friend-requests',
  '--dialect',
  dialect.path,
);

t.test('without --friend-requests nothing is to be asked, and a client is told', async (t) => {
  const site = await Site.embedded('--pace', '0');
  t.teardown(() => site.stop());
  await site.database.seed({ user: [{ id: 1, name: 'u1', password: 'pw', state: 'offline' }] });
  const user = await User.online(site.node(0), 1);
  const { can } = await ask(user, { msgid: 101 });
  for (const verb of ['friendRequests', 'acceptFriend', 'refuseFriend']) t.notOk(can.includes(verb), verb);
  for (const msgid of [141, 143, 145])
    t.same(
      await ask(user, { id: 1, msgid, friendid: 1 }),
      refused(msgid + 1, 'friendship need not be asked for here'),
    );
  await user.close();
});
