import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 40);
const [here, there] = [await site.node(), await site.node()];
const writer = await Writer.online(here, 1);

for (const [round, latency] of [1, 30].entries())
  t.test(`a row written ${latency} ms late reaches its user, who is online elsewhere by then`, async (t) => {
    here.database.latency = latency;
    for (let n = 0; n < 12; n++) {
      const reader = new Reader(2 + 12 * round + n);
      const first = writer.sent + 1;
      let isIn = false;
      const entering = reader.enter(there).then(() => {
        isIn = true;
      });
      while (!isIn) {
        await writer.write(reader.id, 5);
        await delay(1);
      }
      await entering;
      await writer.settle();
      // Without having to log in again for it.
      await reader.hearAll(writer.sent, first);
      t.equal(reader.inversions, 0, 'in order');
    }
  });
