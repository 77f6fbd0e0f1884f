import { setTimeout as delay } from 'node:timers/promises';
import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { freeze, thaw } from '../harness/freeze.js';
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

t.test('what nobody is known to have received goes before what is newer, to who comes here', async (t) => {
  const site = await DeliverySite.start(t, 2);
  const [here, other] = [await site.node(), await site.node()];
  const writer = await Writer.online(here, 1);
  const subscriber = new RedisClient(site.redis.port);
  t.teardown(() => subscriber.disconnect());
  await subscriber.subscribe('2');
  // As long as it says nothing, it may be the one that has received what is published.
  freeze(other.child.pid);
  await writer.write(2, 10);
  await writer.settle();
  await subscriber.unsubscribe('2');
  const reader = await Reader.online(here, 2);
  await writer.write(2, 10);
  await reader.hearAll(20);
  t.equal(reader.inversions, 0, 'in order');
  thaw(other.child.pid);
});
