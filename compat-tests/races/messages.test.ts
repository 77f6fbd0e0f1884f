import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { MemoryClient } from './client.js';
import { insist } from './insist.js';
import { Post } from './post.js';
import { race, type World } from './world.js';

const COUNT = 4;
const aNode = fc.nat({ max: 1 });
const goodbye = fc.constantFrom('logout', 'logout and reset', 'logout and end', 'end', 'reset');

async function online(world: World, node: number, id: number): Promise<MemoryClient> {
  const client = world.connect(node);
  await world.run(async () => equal(await client.login(id), 0));
  return client;
}

async function leave(world: World, client: MemoryClient, how: string): Promise<void> {
  await world.step('user 2 leaves');
  if (how.startsWith('logout')) client.say({ id: 2, msgid: 3 });
  if (how === 'logout') return;
  if (how.startsWith('logout')) await world.step('its connection follows');
  if (how.endsWith('reset')) client.reset();
  else client.end();
}

t.test('a message on its way while its target leaves, on the same node', () =>
  race(1, goodbye, async (world, how) => {
    const post = new Post(world);
    const [from, to] = [await online(world, 0, 1), post.note(await online(world, 0, 2))];
    await world.run(
      () => post.send(from, COUNT),
      () => leave(world, to, how),
    );
    await post.isComplete();
  }),
);

t.test('a message on its way while its target leaves, on another node', () =>
  race(2, goodbye, async (world, how) => {
    const post = new Post(world);
    const [from, to] = [await online(world, 0, 1), post.note(await online(world, 1, 2))];
    await world.run(
      () => post.send(from, COUNT),
      () => leave(world, to, how),
    );
    await post.isComplete();
  }),
);

t.test('a message on its way while its target moves from one node to another', () =>
  race(2, fc.tuple(goodbye, aNode), async (world, [how, node]) => {
    const post = new Post(world);
    const [from, to] = [await online(world, 0, 1), post.note(await online(world, node, 2))];
    await world.run(
      () => post.send(from, COUNT),
      () => leave(world, to, how),
      () => insist(world, post, 1 - node),
    );
    await post.isComplete();
  }),
);

t.test('a message for a user who has logged out of a node, and whose connection there stays unread', () =>
  race(2, fc.tuple(aNode, aNode), async (world, [first, second]) => {
    const post = new Post(world);
    const [from, to] = [await online(world, 0, 1), post.note(await online(world, first, 2))];
    to.pause = new Promise(() => {});
    await world.run(
      () => post.send(from, COUNT),
      () => leave(world, to, 'logout'),
      () => insist(world, post, second),
    );
    await post.isComplete();
  }),
);

t.test('messages that are stored while a login drains what was stored', () =>
  race(2, aNode, async (world, node) => {
    const post = new Post(world);
    const from = await online(world, 0, 1);
    await world.run(() => post.store(COUNT));
    await world.run(
      () => post.send(from, COUNT),
      () => post.store(COUNT),
      () => insist(world, post, node),
    );
    await post.isComplete();
  }),
);

t.test('stored messages on their way when the connection breaks', () =>
  race(2, aNode, async (world, node) => {
    const post = new Post(world);
    const from = await online(world, 0, 1);
    await world.run(() => post.store(COUNT));
    const client = post.note(world.connect(node));
    client.say({ id: 2, msgid: 1, password: 'pw' });
    await world.run(
      () => post.send(from, COUNT),
      () => leave(world, client, 'reset'),
      () => insist(world, post, node),
    );
    await post.isComplete();
  }),
);

t.test('group messages while a member comes and goes', () =>
  race(2, fc.tuple(goodbye, aNode, aNode), async (world, [how, first, second]) => {
    const post = new Post(world);
    await world.shared.store.createGroup(1, 'group', '');
    await world.shared.store.addGroup(2, 1);
    const [from, to] = [await online(world, 0, 1), post.note(await online(world, first, 2))];
    await world.run(
      () => post.send(from, COUNT, 1),
      () => leave(world, to, how),
      () => insist(world, post, second),
    );
    await post.isComplete();
  }),
);
