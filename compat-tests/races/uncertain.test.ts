import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { insist } from './insist.js';
import { Post } from './post.js';
import { RUNS, race } from './world.js';

/** Each world is long: a fourth of them takes as long as the others. */
const FEW = Math.ceil(RUNS / 4);
/** A user who comes waits at most five beats for what was published before. */
const BEATS = 8;

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
