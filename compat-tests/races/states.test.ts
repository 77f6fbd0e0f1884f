import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { MemoryClient } from './client.js';
import { race, type World } from './world.js';

const aNode = fc.nat({ max: 1 });

/** Account 1 is logged in on one node, and the database says so. */
async function isOnline(world: World): Promise<void> {
  const user = await world.shared.store.user(1);
  deepEqual([user?.state, await world.subscribers(1)], ['online', 1]);
}

function leave(client: MemoryClient, how: string): void {
  if (how === 'logout') client.say({ id: 1, msgid: 3 });
  else if (how === 'end') client.end();
  else client.reset();
}

/** Logs in again and again until it works. */
async function insist(world: World, node: number): Promise<void> {
  const client = world.connect(node);
  do await world.step('a client logs in');
  while ((await client.login(1)) !== 0);
}

t.test('an account that leaves one node while it comes to the other is online there', () =>
  race(2, fc.constantFrom('logout', 'end', 'reset'), async (world, how) => {
    const first = world.connect(0);
    await world.run(() => first.login(1));
    await world.run(
      async () => leave(first, how),
      () => insist(world, 1),
    );
    await isOnline(world);
  }),
);

t.test('a login that the absent database stopped does not end a later one', () =>
  race(2, fc.tuple(aNode, aNode), async (world, [first, second]) => {
    const login = async () => {
      const client = world.connect(first);
      if ((await client.login(1)) === 0) client.end();
    };
    await world.run(
      login,
      () => world.outage('storedMessages', 'goOffline'),
      () => insist(world, second),
    );
    await isOnline(world);
  }),
);

t.test('a logout that the absent database holds back does not end a later login', () =>
  race(2, fc.tuple(aNode, aNode), async (world, [first, second]) => {
    const client = world.connect(first);
    await world.run(() => client.login(1));
    await world.run(
      async () => leave(client, 'logout'),
      () => world.outage(),
      () => insist(world, second),
    );
    await isOnline(world);
  }),
);
