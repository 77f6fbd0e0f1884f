import { setTimeout as delay } from 'node:timers/promises';
import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { mark } from '../campaign/line.js';
import { freeze, thaw } from '../harness/freeze.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** Longer than any answer is waited for, in ms. */
const FREEZE = 11_000;
const COUNT = 100;

t.test('a node that was frozen reads what came meanwhile before it gives anything up', async (t) => {
  const site = await DeliverySite.start(t, 3);
  const node = await site.node();
  const writer = await Writer.online(node, 1);
  const reader = await Reader.online(node, 2);
  const redis = new RedisClient(site.redis.port);
  t.teardown(() => redis.disconnect());
  // Some of what is stored for user 3 is on its way into the database, and is there before the node goes on.
  const stop = writer.writeOn(3, 20);
  await delay(500);
  freeze(node.child.pid);
  for (let n = 1; n <= COUNT; n++) {
    const message = { id: 9, msg: mark(9, '2', n), msgid: 6, toid: 2 };
    t.equal(await redis.publish('2', JSON.stringify(message)), 1, 'as an original node publishes');
  }
  await delay(FREEZE);
  thaw(node.child.pid);
  await reader.hearAll(COUNT);
  await stop();
  const absent = await Reader.online(node, 3);
  await absent.hearAll(writer.sent);
  t.equal(absent.repeated, 0, `of ${writer.sent} messages none was stored twice`);
  t.notMatch(node.child.log, /is away/, 'neither the database nor Redis was away');
});
