import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { User } from '../harness/user.js';
import { ask, onAllPlaces, type Place } from './site.js';

t.setTimeout(600_000);

const state = (id: number, state: string) => ({ id, msgid: 149, state });

/** Logs in, and wants to be told of its friends. */
async function wishing(place: Pick<Place, 'online'>, node: 0 | 1, id: number): Promise<User> {
  const user = await place.online(node, id);
  t.match(await ask(user, { msgid: 101, tell: ['friends'] }), { errno: 0 });
  return user;
}

await onAllPlaces(t, {
  'DIFFERENCES 24: who has asked for it is told that a friend comes and goes, nobody else': async (
    t,
    place,
  ) => {
    await place.accounts(1, 2, 3, 4);
    const one = await wishing(place, 0, 1);
    const three = await place.online(1, 3);
    for (const user of [1, 3]) {
      const friend = { id: user, msgid: 7, friendid: 2, seq: 1 };
      t.match(await ask(user === 1 ? one : three, friend), { errno: 0 });
    }
    const two = await place.online(1, 2);
    t.same(await one.hear(), state(2, 'online'));
    // Of nobody else: who is no friend, and who has asked for nothing.
    const four = await place.online(1, 4);
    await two.close();
    t.same(await one.hear(), state(2, 'offline'));
    t.same(await three.settle(), []);
    t.same(await four.settle(), []);
    await Promise.all([one.close(), three.close(), four.close()]);
  },

  'who asks before the login; a friend that is deleted': async (t, place) => {
    await place.accounts(11, 12, 13);
    const one = await User.connect(place.site.node(0));
    t.match(await ask(one, { msgid: 101, tell: ['friends', 'recalled'] }), { errno: 0 });
    t.match(await one.login(11), { errno: 0 });
    for (const friendid of [12, 13])
      t.match(await ask(one, { id: 11, msgid: 7, friendid, seq: 1 }), { errno: 0 });
    t.match(await ask(one, { id: 11, msgid: 105, friendid: 12 }), { errno: 0 });
    const two = await place.online(1, 12);
    const three = await place.online(1, 13);
    t.same(await one.hear(), state(13, 'online'), 'of the other one only');
    t.match(await ask(one, { msgid: 101, tell: [] }), { errno: 0 });
    await Promise.all([one.close(), two.close(), three.close()]);
  },
});

t.test('a friend whose node is killed has gone; one at an original node comes', async (t) => {
  const site = await ClusterSite.start(2);
  t.teardown(() => site.stop());
  await site.accounts(1, 2, 3);
  const one = await site.online(0, 1);
  for (const friendid of [2, 3]) t.match(await ask(one, { id: 1, msgid: 7, friendid, seq: 1 }), { errno: 0 });
  const two = await site.online(1, 2);
  t.match(await ask(one, { msgid: 101, tell: ['friends'] }), { errno: 0 });
  t.same(await one.hear(), state(2, 'online'), 'who is online at first');
  await site.node(1).child.stop('SIGKILL');
  t.same(await one.hear(), state(2, 'offline'));
  // As an original node lets a user in.
  const original = new RedisClient(site.redis.port);
  t.teardown(() => original.disconnect());
  await original.subscribe('3');
  const { user, ...others } = await site.database.rows();
  const online = user.map((row) => (row.id === 3 ? { ...row, state: 'online' } : row));
  await site.database.seed({ ...others, user: online });
  t.same(await one.hear(), state(3, 'online'));
  await Promise.all([one.close(), two.close()]);
});
