import { equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { insist } from './insist.js';
import { Post } from './post.js';
import { RUNS, race } from './world.js';

/** Far more messages than come while user 2 leaves and is let in: without an end to the flood nothing would tell. */
const MOST = 1500;
const goodbye = fc.constantFrom('logout', 'end', 'reset');
/** Each message is stored so slowly that another one has always come when that is done. */
const slowly = fc.record({
  what: fc.constant('storeMessages'),
  turns: fc.integer({ min: 8, max: 20 }),
  isCluster: fc.boolean(),
});

t.test('a flood that goes on while its receiver leaves does not keep it from coming back', () =>
  race(
    2,
    fc.tuple(goodbye, fc.nat({ max: 1 })),
    async (world, [how, second]) => {
      const post = new Post(world);
      const from = world.connect(0);
      const to = post.note(world.connect(1));
      await world.run(async () => equal(await from.login(1), 0));
      await world.run(async () => equal(await to.login(2), 0));
      let isIn = false;
      let sent = 0;
      const flood = async () => {
        for (; !isIn; sent++) {
          ok(sent < MOST, 'user 2 is kept out for as long as others write');
          await post.send(from, 1);
        }
      };
      await world.run(flood, flood, async () => {
        await world.step('user 2 leaves');
        if (how === 'logout') to.say({ id: 2, msgid: 3 });
        else if (how === 'end') to.end();
        else to.reset();
        try {
          await insist(world, post, second);
        } finally {
          isIn = true;
        }
      });
      await world.run(() => world.beats(3));
      await post.isInOrder();
    },
    // Each world is long.
    Math.ceil(RUNS / 12),
    {},
    slowly,
  ),
);
