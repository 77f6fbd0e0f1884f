import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { until } from '../harness/deadline.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

t.test(
  'what Redis sent to a connection that a firewall forgot is delivered when the node is back',
  async (t) => {
    const site = await DeliverySite.start(t, 2);
    const [here, there] = [await site.node(), await site.node()];
    const writer = await Writer.online(here, 1);
    const reader = await Reader.online(there, 2);
    await writer.write(2, 100);
    await reader.hearAll(100);
    there.redis.drop();
    for (let n = 0; n < 500; n++) {
      await writer.write(2, 1);
      await delay(5);
    }
    await there.child.logged(/Redis is away/);
    there.redis.heal();
    await until(async () => /Redis is back/.test(there.child.log), 'the node to be back');
    await writer.write(2, 363);
    await writer.settle();
    await reader.hearAll(963);
    t.equal(reader.inversions, 0, 'in order');
  },
);
