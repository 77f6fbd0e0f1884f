import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readCommand } from '../../src/config.js';
import { LIMITS } from '../../src/limits.js';
import type { MemoryClient } from './client.js';
import { insist } from './insist.js';
import { Post } from './post.js';
import { RUNS, race, type World } from './world.js';

// Few messages are many here.
Object.assign(LIMITS, { behind: 30_000, storedPage: 3 });

/** Each world is long: a fourth of them takes as long as the others. */
const FEW = Math.ceil(RUNS / 4);
const COUNT = 4;
/** Together they are more than a connection has room for, in bytes each. */
const LONG = [25_000, 25_000, 25_000];

const aNode = fc.nat({ max: 1 });
const goodbye = fc.constantFrom('logout', 'end', 'reset');

async function online(world: World, client: MemoryClient, ...ids: number[]): Promise<MemoryClient> {
  for (const id of ids) await world.run(async () => equal(await client.login(id), 0));
  return client;
}

async function leave(world: World, client: MemoryClient, id: number, how: string): Promise<void> {
  await world.step(`user ${id} leaves`);
  if (how === 'logout') client.say({ id, msgid: 3 });
  else if (how === 'end') client.end();
  else client.reset();
}

/** How a server ends the connection of user 2. */
const ENDINGS = {
  kick: (world: World, node: number) => void world.nodes[node]!.server.kick(2),
  idle: (world: World, _: number, client: MemoryClient) =>
    world.connectionOf(client).sendAway('its heartbeat has stopped'),
  // The client does not end its side: the user must be free all the same.
  drain: (world: World, _: number, client: MemoryClient) =>
    world.connectionOf(client).goodbye('the server stops'),
} as const;

for (const [name, end] of Object.entries(ENDINGS)) {
  t.test(`a message on its way while the server ends the connection of its target: ${name}`, () =>
    race(
      2,
      fc.tuple(aNode, aNode),
      async (world, [first, second]) => {
        const post = new Post(world);
        const from = await online(world, world.connect(0), 1);
        const to = post.note(await online(world, world.connect(first), 2));
        await world.run(
          () => post.send(from, COUNT),
          async () => {
            await world.step(`the server ends a connection: ${name}`);
            end(world, first, to);
          },
          () => insist(world, post, second),
        );
        await post.isComplete();
      },
      FEW,
    ),
  );
}

t.test(
  'two users on one connection: one leaves or not, then the other or both, while both are written to',
  () =>
    race(
      2,
      fc.tuple(goodbye, fc.boolean(), aNode, aNode),
      async (world, [how, logsOut, first, second]) => {
        const posts = [new Post(world, 2), new Post(world, 3)] as const;
        const from = await online(world, world.connect(0), 1);
        const both = await online(world, world.connect(first), 2, 3);
        for (const post of posts) post.note(both);
        await world.run(
          ...posts.map((post) => () => post.send(from, COUNT)),
          async () => {
            if (logsOut) await leave(world, both, 3, 'logout');
            await leave(world, both, 2, how);
          },
          () => insist(world, posts[0], second),
        );
        for (const post of posts) await post.isComplete();
        // Where 2 s pass before the client takes the write that was under way at the logout, its connection is ended.
        const stays = how === 'logout' && !logsOut && both.isOpen;
        equal((await world.shared.store.user(3))?.state, stays ? 'online' : 'offline');
      },
      FEW,
    ),
);

t.test('a second login while the outbox of the first one is full', () =>
  race(
    2,
    fc.tuple(goodbye, aNode, aNode, fc.integer({ min: 1, max: 40 })),
    async (world, [how, first, second, turns]) => {
      const post = new Post(world);
      const from = await online(world, world.connect(0), 1);
      const to = post.note(await online(world, world.connect(first), 2));
      await world.run(
        () => fill(world, post, from, to, turns),
        () => leave(world, to, 2, how),
        () => insist(world, post, second),
      );
      await post.isComplete();
    },
    FEW,
  ),
);

t.test('a login that takes the account over while the outbox of the first one is full', () =>
  race(
    2,
    fc.tuple(aNode, aNode, fc.integer({ min: 1, max: 40 })),
    async (world, [first, second, turns]) => {
      const post = new Post(world);
      const from = await online(world, world.connect(0), 1);
      const to = post.note(await online(world, world.connect(first), 2));
      await world.run(
        () => fill(world, post, from, to, turns),
        () => insist(world, post, second),
      );
      await post.isComplete();
      deepEqual([(await world.shared.store.user(2))?.state, await world.subscribers(2)], ['online', 1]);
    },
    FEW,
    { dialect: { ...defaults().dialect, takeover: true } },
  ),
);

/** Writes more than fits while nobody reads, and some more when that is over. */
async function fill(world: World, post: Post, from: MemoryClient, to: MemoryClient, turns: number) {
  const reads = async () => {
    for (let n = 0; n < turns; n++) await world.step('nobody reads');
  };
  to.pause = reads();
  await post.sendAll(from, LONG);
  await to.pause;
  await post.send(from, COUNT);
}

function defaults() {
  const command = readCommand(['127.0.0.1', '0'], {});
  if (command.run !== 'serve') throw new Error('these options start no server');
  return command.config;
}
