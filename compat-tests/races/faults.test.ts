import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { LIMITS } from '../../src/limits.js';
import type { MemoryClient } from './client.js';
import { allowsTwice, FAULTS, type FaultName } from './nemesis.js';
import { Post } from './post.js';
import { RUNS, race, type World } from './world.js';

// Few messages are many here.
Object.assign(LIMITS, { behind: 30_000, storedPage: 3 });

const NODES = 3;
/** User 2 tries to log in at most this many times; far more than anything lasts. */
const TRIES = 200;

const aFault = fc.record({
  name: fc.constantFrom(...(Object.keys(FAULTS) as FaultName[])),
  node: fc.nat({ max: NODES - 1 }),
  after: fc.nat({ max: 20 }),
  turns: fc.integer({ min: 1, max: 30 }),
});
/** Where user 2 is next, and how it leaves. */
const aVisit = fc.record({
  node: fc.nat({ max: NODES - 1 }),
  turns: fc.nat({ max: 30 }),
  how: fc.constantFrom('logout', 'end', 'reset'),
});
const story = fc.record({
  faults: fc.array(aFault, { minLength: 1, maxLength: 3 }),
  visits: fc.array(aVisit, { maxLength: 3 }),
  /** Of each message, in bytes, without what is around it. */
  sizes: fc.array(fc.constantFrom(0, 0, 25_000), { minLength: 2, maxLength: 8 }),
  group: fc.boolean(),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** Logs user 2 in, on this node or, when that is dead, on the first one. */
async function enter(world: World, post: Post, node: number): Promise<MemoryClient> {
  for (let tries = 0; tries < TRIES; tries++) {
    await world.step('user 2 logs in');
    const client = post.note(world.connect(world.nodes[node]!.access.isDead ? 0 : node));
    if ((await client.login(2)) === 0) return client;
    client.reset();
  }
  throw new Error('user 2 is locked out');
}

async function visit(world: World, post: Post, visits: Story['visits']): Promise<void> {
  for (const { node, turns, how } of visits) {
    const client = await enter(world, post, node);
    for (let n = 0; n < turns; n++) await world.step('user 2 stays');
    if (how === 'logout') client.say({ id: 2, msgid: 3 });
    if (how === 'reset') client.reset();
    else client.end();
  }
}

async function strike(world: World, { name, node, after, turns }: Story['faults'][number]): Promise<void> {
  for (let n = 0; n < after; n++) await world.step('nothing is wrong yet');
  await FAULTS[name].run(world, world.nodes[node]!, turns);
}

async function check(world: World, { faults, visits, sizes, group }: Story): Promise<void> {
  const post = new Post(world);
  await world.shared.store.createGroup(1, 'group', '');
  for (const id of [2, 3]) await world.shared.store.addGroup(id, 1);
  const from = world.connect(0);
  const third = world.connect(0);
  await world.run(async () => {
    equal(await from.login(1), 0);
    equal(await third.login(3), 0);
  });
  await world.run(
    () => post.sendAll(from, sizes, group ? 1 : undefined),
    () => visit(world, post, visits),
    () => world.beats(12),
    async () => third.end(),
    ...faults.map((fault) => () => strike(world, fault)),
  );
  await world.run(() => world.beats(3));
  await world.run(() => enter(world, post, 0));
  await world.run(() => world.beats(3));
  await (faults.some(({ name }) => allowsTwice(name)) ? post.isInOrder() : post.isComplete());
}

t.test(
  'whatever breaks: nothing is lost, in order, and twice only what was under way when a node broke',
  () =>
    // Each takes long.
    race(NODES, story, check, Math.ceil(RUNS / 4)),
);
