import { setTimeout as delay } from 'node:timers/promises';
import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { until } from '../harness/deadline.js';
import { Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** Messages a second, and how many of them may come again: those of a part of the two seconds that a death is unsure. */
const RATE = 500;
const AGAIN = 1.6 * RATE;

t.test('when a node is killed little is repeated of what others sent to users of an original', async (t) => {
  const site = await DeliverySite.start(t, 3);
  const [here, there] = [await site.node(), await site.node()];
  const writer = await Writer.online(here, 1);
  const original = new RedisClient(site.redis.port);
  t.teardown(() => original.disconnect());
  const heard: string[] = [];
  original.on('message', (_channel, message) => heard.push(message));
  await original.subscribe('3');
  const killed = delay(2000).then(() => there.child.stop('SIGKILL'));
  for (let n = 0; n < 60; n++) {
    await writer.write(3, RATE / 10);
    await delay(100);
  }
  await killed;
  await writer.settle();
  await until(async () => new Set(heard).size === writer.sent, 'all messages to come');
  const repeated = heard.length - writer.sent;
  t.ok(repeated < AGAIN, `${repeated} of ${writer.sent} came twice`);
});
