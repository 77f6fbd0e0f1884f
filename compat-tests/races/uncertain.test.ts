import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { MemoryClient } from './client.js';
import { Post } from './post.js';
import { RUNS, race, type World } from './world.js';

/** Each world is long: a fourth of them takes as long as the others. */
const FEW = Math.ceil(RUNS / 4);
/** User 2 tries to log in at most this often; that is far more than anything lasts. */
const TRIES = 200;
/** Who comes waits at most five beats for what was published before. */
const BEATS = 8;

/** Logs user 2 in again and again until it works; what it hears is noted. */
async function insist(world: World, post: Post, node: number): Promise<MemoryClient> {
  const client = post.note(world.connect(node));
  for (let tries = 0; tries < TRIES; tries++) {
    await world.step('user 2 logs in');
    if ((await client.login(2)) === 0) return client;
  }
  throw new Error('user 2 is locked out');
}

t.test('a subscriber that Redis counts and that hears nothing, while another node says nothing', () =>
  race(
    2,
    fc.record({ before: fc.nat({ max: 30 }), sent: fc.integer({ min: 2, max: 8 }) }),
    async (world, { before, sent }) => {
      const post = new Post(world);
      const from = world.connect(0);
      await world.run(async () => equal(await from.login(1), 0));
      await world.deafSubscriber(2);
      let thaw = () => {};
      // As long as it says nothing, it may be the one that has received what is published.
      world.nodes[1]!.access.awake = new Promise((resolve) => {
        thaw = resolve;
      });
      await world.run(
        () => post.send(from, sent),
        async () => {
          for (let n = 0; n < before; n++) await world.step('user 2 is away');
          await insist(world, post, 0);
        },
        () => world.beatsOf(0, 4),
      );
      await world.run(() => world.beatsOf(0, BEATS));
      thaw();
      await world.run(() => world.beats(3));
      await post.isComplete();
    },
    FEW,
  ),
);
