import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { MemoryClient } from './client.js';
import { race, type World } from './world.js';

const aNode = fc.nat({ max: 1 });

/** Logs the account 1 in on these nodes, all at once; exactly one must win. Resolves with that client. */
async function contest(world: World, nodes: readonly number[]): Promise<MemoryClient> {
  const clients = nodes.map((node) => world.connect(node));
  const won: MemoryClient[] = [];
  const login = async (client: MemoryClient) => {
    await world.step('a client logs in');
    const errno = await client.login(1);
    if (errno === 0) won.push(client);
    else equal(errno, 2);
  };
  await world.run(...clients.map((client) => () => login(client)));
  equal(won.length, 1, 'logins that went well');
  await isOnline(world, true);
  return won[0]!;
}

async function isOnline(world: World, online: boolean): Promise<void> {
  const user = await world.shared.store.user(1);
  deepEqual([user?.state, await world.subscribers(1)], online ? ['online', 1] : ['offline', 0]);
}

/** Nobody is logged in, and anyone can. */
async function isFree(world: World): Promise<void> {
  await isOnline(world, false);
  for (const node of [0, 1]) {
    const client = world.connect(node);
    await world.run(async () => equal(await client.login(1), 0));
    client.end();
    await world.run();
  }
}

t.test('logins at once: on one node exactly one wins', () =>
  race(1, fc.integer({ min: 2, max: 6 }), async (world, count) => {
    await contest(world, Array(count).fill(0));
  }),
);

const nodes = fc.array(aNode, { minLength: 2, maxLength: 5 });

t.test('logins at once: on two nodes exactly one wins, and again when it has left', () =>
  race(2, nodes, async (world, at) => {
    const winner = await contest(world, at);
    winner.reset();
    await world.run();
    await isOnline(world, false);
    await contest(world, at);
  }),
);

t.test('logins at once: into the account of a crashed node exactly one wins', () =>
  race(2, nodes, async (world, at) => {
    await world.shared.store.goOnline(1);
    await contest(world, at);
  }),
);

const visitTo = (node: fc.Arbitrary<number>) =>
  fc.record({
    node,
    actions: fc.array(fc.constantFrom('login', 'logout'), { minLength: 1, maxLength: 4 }),
    last: fc.constantFrom('logout', 'end', 'reset'),
  });
const visits = fc.array(visitTo(aNode), { minLength: 2, maxLength: 3 });
/** With a third node there is one that has not seen who was on the others. */
const farVisits = fc.array(visitTo(fc.nat({ max: 2 })), { minLength: 3, maxLength: 4 });
type Visit = ReturnType<typeof visitTo> extends fc.Arbitrary<infer T> ? T : never;

/** The users who have been told that they are logged in, and have not left since. */
class Seat {
  #holder: MemoryClient | undefined;

  take(client: MemoryClient): void {
    equal(this.#holder, undefined, 'two are logged in at once');
    this.#holder = client;
  }

  leave(client: MemoryClient): void {
    if (this.#holder === client) this.#holder = undefined;
  }
}

async function patient(world: World, seat: Seat, { node, actions, last }: Visit): Promise<void> {
  const client = world.connect(node);
  for (const action of [...actions, last]) {
    await world.step(`a client does this: ${action}`);
    if (action === 'login') {
      if ((await client.login(1)) === 0) seat.take(client);
    } else {
      seat.leave(client);
      leave(client, action);
    }
  }
}

function leave(client: MemoryClient, how: string): void {
  if (how === 'logout') client.say({ id: 1, msgid: 3 });
  else if (how === 'end') client.end();
  else client.reset();
}

t.test('logins, logouts and closes interleaved: never two at once, and nobody is stuck', () =>
  race(2, visits, async (world, all) => {
    const seat = new Seat();
    await world.run(...all.map((visit) => () => patient(world, seat, visit)));
    await isFree(world);
  }),
);

t.test(
  'the same on three nodes, where the last word of one may come when two others have had the account',
  () =>
    race(3, farVisits, async (world, all) => {
      const seat = new Seat();
      await world.run(...all.map((visit) => () => patient(world, seat, visit)));
      await isFree(world);
    }),
);

/** Waits for no answer: logs in and leaves while the login is under way. */
async function hurried(world: World, { node, actions, last }: Visit): Promise<void> {
  const client = world.connect(node);
  for (const action of [...actions, last]) {
    await world.step(`a client does this: ${action}`);
    if (action === 'login') client.say({ id: 1, msgid: 1, password: 'pw' });
    else leave(client, action);
  }
}

t.test('logouts and closes while a login is under way: nobody is stuck', () =>
  race(2, visits, async (world, all) => {
    await world.run(...all.map((visit) => () => hurried(world, visit)));
    await isFree(world);
  }),
);
