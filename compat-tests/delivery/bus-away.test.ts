import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 40);
const [here, there] = [await site.node(), await site.node()];
const writer = await Writer.online(here, 1);

t.test('what a node stored while it had no Redis reaches a user who is online on another', async (t) => {
  const reader = await Reader.online(there, 2);
  await writer.write(2, 10);
  await reader.hearAll(10);
  here.redis.drop();
  await here.child.logged(/Redis is away/);
  await writer.settle();
  await writer.write(2, 50);
  await writer.settle();
  here.redis.heal();
  await here.child.logged(/Redis is back/);
  await writer.write(2, 10);
  await writer.settle();
  await reader.hearAll(70);
  t.equal(reader.inversions, 0, 'in order');
});

// Around the time after which a node takes Redis for away.
for (const [round, ms] of [1500, 1600, 1750].entries())
  t.test(`who logs in while Redis stalls for ${ms} ms is reached once it goes on`, async () => {
    const ids = Array.from({ length: 8 }, (_, n) => 3 + 8 * round + n);
    there.redis.stall();
    const healed = delay(ms).then(() => there.redis.heal());
    const readers = await Promise.all(
      ids.map(async (id, n) => {
        await delay(n * 200);
        return await Reader.online(there, id);
      }),
    );
    await healed;
    for (const reader of readers) {
      const first = writer.sent + 1;
      await writer.write(reader.id, 5);
      await reader.hearAll(writer.sent, first);
    }
  });
