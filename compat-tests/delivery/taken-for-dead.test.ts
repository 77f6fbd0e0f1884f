import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Link } from '../campaign/link.js';
import { until } from '../harness/deadline.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** How the way from a node to Redis breaks, so that Redis and all other nodes take it for dead. */
const CUTS: Readonly<Record<string, (redis: Link) => Promise<void>>> = {
  'for two seconds': async (redis) => {
    redis.drop();
    redis.bury();
    await delay(2000);
    redis.heal();
  },
  'for a moment, several times': async (redis) => {
    for (let n = 0; n < 6; n++) {
      redis.reset();
      await delay(300);
    }
  },
};

const site = await DeliverySite.start(t, 10);

for (const [round, [how, cut]] of Object.entries(CUTS).entries())
  t.test(`a node that was taken for dead, ${how}, and is back: nothing is lost`, async (t) => {
    const [here, there] = [await site.node(), await site.node()];
    const [from, to] = [2 * round + 1, 2 * round + 2];
    const writer = await Writer.online(here, from);
    const reader = await Reader.online(there, to);
    await writer.write(to, 100);
    await reader.hearAll(100);
    await delay(200);
    const stop = writer.writeOn(to, 1);
    await cut(there.redis);
    await until(async () => /Redis is back/.test(there.child.log), 'the node to be back');
    await delay(500);
    await stop();
    await reader.hearAll(writer.sent);
    t.equal(reader.inversions, 0, 'in order');
    t.ok(reader.repeated < 100, `${reader.repeated} of ${writer.sent} messages came twice`);
  });
