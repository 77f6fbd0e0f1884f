import t, { type Test } from 'tap';
import type { Bus } from '../../src/bus/bus.js';
import { openRedis } from '../../src/bus/redis.js';
import { Child } from '../harness/child.js';
import { until } from '../harness/deadline.js';
import { Redis } from '../harness/redis.js';
import { BusNode } from './bus-node.js';
import { CuttingProxy } from './cutting-proxy.js';
import { Listener } from './listener.js';

const PROCESS = 'build/compat-tests/contracts/bus-process.js';

/** A Redis of its own, and somebody who hears what nodes tell each other on it. */
async function site(t: Test): Promise<{ redis: Redis; listener: Listener }> {
  const redis = await Redis.start();
  t.teardown(() => redis.stop());
  const listener = await Listener.start(redis.url);
  t.teardown(() => listener.client.disconnect());
  return { redis, listener };
}

const node = (t: Test, { url }: { url: string }) => BusNode.start(t, openRedis({ url }));

/** A node that can be cut off. */
async function cuttable(t: Test, redis: Redis): Promise<{ node: BusNode; proxy: CuttingProxy }> {
  const proxy = await CuttingProxy.start(redis.port);
  t.teardown(() => proxy.stop());
  return { node: await node(t, { url: `redis://127.0.0.1:${proxy.port}` }), proxy };
}

/** Waits until a node knows that a user is on another: what it publishes to it is kept. */
const known = (listener: Listener, ...userids: number[]) =>
  listener.until(
    (told) => userids.every((userid) => told.some(({ came }) => came.includes(userid))),
    `users ${userids} to be announced`,
  );

const publish = (bus: Bus, userid: number, ...texts: string[]) =>
  Promise.all(texts.map((text) => bus.publish(userid, Buffer.from(text))));

t.test('a node is killed: what it had not confirmed comes back to who published it, in order', async (t) => {
  const { redis, listener } = await site(t);
  const a = await node(t, redis);
  const b = new Child(process.execPath, [PROCESS, redis.url, '1', '2']);
  t.teardown(() => b.stop('SIGKILL'));
  await b.logged(/ready/);
  await known(listener, 1, 2);
  const other = await node(t, redis);
  const texts = Array.from({ length: 300 }, (_, n) => `${n % 3 === 0 ? 'take' : 'keep'} ${n}`);
  const counts = await publish(a.bus, 1, ...texts);
  t.ok(counts.every((count) => count === 1));
  await publish(a.bus, 2, 'keep', 'keep', 'take');
  await b.logged(/received 303\./);
  await listener.receipts(101);
  t.same(a.undelivered, []);
  await b.stop('SIGKILL');
  await until(async () => (await a.bus.publish(2, Buffer.from('late'))) === 0, 'Redis to notice');
  const back = texts.filter((text) => text.startsWith('keep')).map((text) => `1 ${text}`);
  t.same(
    a.undelivered.filter((text) => !text.endsWith('late')),
    [...back, '2 keep', '2 keep'],
    'before it is answered that nobody is there',
  );
  t.same(other.undelivered, []);
});

t.test('who is not a node of ours owes no receipts', async (t) => {
  const { redis, listener } = await site(t);
  const a = await node(t, redis);
  const { node: b, proxy } = await cuttable(t, redis);
  const original = listener.client.duplicate();
  t.teardown(() => original.disconnect());
  await original.subscribe('7');
  await b.bus.subscribe(1);
  await known(listener, 1);
  t.same(await publish(a.bus, 7, 'x'), [1]);
  t.same(await publish(a.bus, 1, 'y'), [1]);
  original.disconnect();
  await until(async () => (await a.bus.subscribers(7)) === 0, 'the original to be gone');
  t.same(await publish(a.bus, 7, 'z'), [0]);
  await b.texts(1);
  proxy.stop();
  await a.gotBack(1);
  t.same(a.undelivered, ['1 y'], 'all that comes back when a node of ours is gone');
});

t.test('nothing comes back that left for a user before its node was gone', async (t) => {
  const { redis, listener } = await site(t);
  const a = await node(t, redis);
  const { node: b, proxy } = await cuttable(t, redis);
  await b.bus.subscribe(1);
  await b.bus.subscribe(2);
  await known(listener, 1, 2);
  await publish(a.bus, 1, 'x', 'y');
  await publish(a.bus, 2, 'z');
  await b.texts(3);
  for (const { taken } of b.received.slice(0, 2)) taken();
  await b.bus.close();
  proxy.stop();
  await a.gotBack(1);
  t.same(a.undelivered, ['2 z'], 'the receipts left before it closed');
});

t.test('a node that comes later knows where the users are', async (t) => {
  const { redis } = await site(t);
  const { node: b, proxy } = await cuttable(t, redis);
  await b.bus.subscribe(1);
  const listener = await Listener.start(redis.url);
  t.teardown(() => listener.client.disconnect());
  const a = await node(t, redis);
  await until(async () => listener.channels.some((channel) => channel.includes(':node:')), 'the answer');
  await publish(a.bus, 1, 'x');
  await b.texts(1);
  proxy.stop();
  await a.gotBack(1);
  t.same(a.undelivered, ['1 x']);
});

t.test('of two nodes that tried to log a user in, the one that kept it is its home', async (t) => {
  const { redis, listener } = await site(t);
  const a = await node(t, redis);
  const { node: b, proxy } = await cuttable(t, redis);
  await b.bus.subscribe(1);
  const c = await node(t, redis);
  await known(listener, 1);
  // By what b answers, c knows that it is not alone: only then does it tell who comes and leaves.
  await publish(c.bus, 1, 'from c');
  await b.texts(1);
  await c.bus.subscribe(9);
  await publish(b.bus, 9, 'from b');
  await c.texts(1);
  await c.bus.subscribe(1);
  await c.bus.unsubscribe(1);
  await listener.until((told) => {
    const last = told.findLastIndex(({ left }) => left.includes(1));
    return last >= 0 && told.slice(last).some(({ came }) => came.includes(1));
  }, 'the user to be announced again');
  await publish(a.bus, 1, 'x');
  await b.texts(2);
  proxy.stop();
  await a.gotBack(1);
  t.same(a.undelivered, ['1 x']);
});

t.test('a node whose connections broke counts as dead for what it had, and is known again', async (t) => {
  const { redis, listener } = await site(t);
  const a = await node(t, redis);
  const { node: b, proxy } = await cuttable(t, redis);
  await b.bus.subscribe(1);
  await known(listener, 1);
  await publish(a.bus, 1, 'x');
  await b.texts(1);
  proxy.cut();
  await a.gotBack(1);
  await b.back(1);
  await listener.until((told) => told.filter(({ hello }) => hello).length === 3, 'b to say so');
  await publish(a.bus, 1, 'y');
  await b.texts(2);
  proxy.stop();
  await a.gotBack(2);
  t.same(a.undelivered, ['1 x', '1 y']);
});

t.test('Redis is killed and comes back: a receipt of meanwhile still counts', async (t) => {
  const { redis, listener } = await site(t);
  const [a, b] = [await node(t, redis), await node(t, redis)];
  await b.bus.subscribe(1);
  await known(listener, 1);
  await publish(a.bus, 1, 'x', 'y', 'z');
  await b.texts(3);
  await redis.kill();
  t.same(await publish(a.bus, 1, 'lost'), [0]);
  for (const { message, taken } of b.received) if (`${message}` !== 'y') taken();
  await redis.start();
  await Promise.all([a.back(1), b.back(1)]);
  await a.gotBack(1);
  t.same(a.undelivered, ['1 y']);
});

t.test('a node alone publishes nothing but a greeting and what it is asked to', async (t) => {
  const { redis } = await site(t);
  const listener = await Listener.start(redis.url, true);
  t.teardown(() => listener.client.disconnect());
  const a = await node(t, redis);
  await a.bus.subscribe(1);
  await publish(a.bus, 1, 'x', 'y');
  await a.texts(2);
  for (const { taken } of a.received) taken();
  await a.bus.unsubscribe(1);
  await publish(a.bus, 1, 'z');
  await a.bus.close();
  const last = listener.client.duplicate();
  t.teardown(() => last.disconnect());
  await last.publish('9', '');
  await until(async () => listener.channels.includes('9'), 'everything before');
  t.same(listener.channels, ['chat-server:rights', 'chat-server:receipts', '1', '1', '1', '9']);
});
