import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

/** What may be under way between a node and its confirmations. */
const UNDER_WAY = 500;

t.setTimeout(600_000);

t.test('a node that is killed again right after its restart: few messages come twice', async (t) => {
  const site = await DeliverySite.start(t, 2);
  const here = await site.node();
  let there = await site.node();
  const writer = await Writer.online(here, 1);
  const reader = await Reader.online(there, 2);
  const stop = writer.writeOn(2, 20);
  for (let n = 0; n < 2; n++) {
    await delay(1000);
    await there.child.stop('SIGKILL');
    there = await site.again(there);
    await reader.enter(there);
    await delay(300);
    await there.child.stop('SIGKILL');
    there = await site.again(there);
    await reader.enter(there);
  }
  await stop();
  await reader.hearAll(writer.sent);
  t.ok(reader.repeated < 4 * UNDER_WAY, `${reader.repeated} of ${writer.sent} came twice`);
  t.equal(reader.inversions, 0, 'in order');
});
