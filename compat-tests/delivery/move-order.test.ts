import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { freeze } from '../harness/freeze.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

t.test('who comes from a node that died gets what was on its way there before what is new', async (t) => {
  const site = await DeliverySite.start(t, 2);
  const [here, there] = [await site.node(), await site.node()];
  const writer = await Writer.online(here, 1);
  const reader = await Reader.online(there, 2);
  const stop = writer.writeOn(2, 20);
  await reader.hearLast(20);
  // Frozen, then dead: what is sent meanwhile stays unconfirmed, and comes back when the node is known to be dead.
  freeze(there.child.pid);
  await delay(200);
  await there.child.stop('SIGKILL');
  await reader.enter(here);
  await delay(500);
  await stop();
  await reader.hearAll(writer.sent);
  t.equal(reader.inversions, 0, 'in order');
});
