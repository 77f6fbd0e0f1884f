import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { MemoryClient } from './client.js';
import { Post } from './post.js';
import { race, type World } from './world.js';

const COUNT = 4;
const aNode = fc.nat({ max: 1 });

async function online(world: World, node: number, id: number): Promise<MemoryClient> {
  const client = world.connect(node);
  await world.run(async () => equal(await client.login(id), 0));
  return client;
}

/** Logs user 2 in again and again until it works; what it hears is noted. */
async function insist(world: World, post: Post, node: number): Promise<void> {
  const client = post.note(world.connect(node));
  do await world.step('user 2 logs in');
  while ((await client.login(2)) !== 0);
}

t.test('messages for an account that is logged in on two nodes at once', () =>
  race(2, fc.constant(undefined), async (world) => {
    const post = new Post(world);
    const from = await online(world, 0, 1);
    const login = async (node: number) => {
      await world.step('user 2 logs in');
      await post.note(world.connect(node)).login(2);
    };
    await world.run(
      () => post.send(from, COUNT),
      () => login(0),
      () => login(1),
    );
    // A message that was published while both were listening may come from both.
    await post.isNotLost();
  }),
);

t.test('messages for a user whose login the absent database stops', () =>
  race(2, aNode, async (world, node) => {
    const post = new Post(world);
    const from = await online(world, 0, 1);
    await world.run(
      () => post.send(from, COUNT),
      () => insist(world, post, node),
      () => world.outage(),
    );
    await post.isComplete();
  }),
);
