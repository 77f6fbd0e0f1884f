import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { InProcessHub } from '../../src/bus/in-process.js';
import { openRedis } from '../../src/bus/redis.js';
import { Redis } from '../harness/redis.js';
import { busContract } from './bus.js';
import { BusNode } from './bus-node.js';

const hub = new InProcessHub();
busContract(t, 'in one process', () => hub.bus());

const redis = await Redis.start();
t.teardown(() => redis.stop());
const open = (changes: (string | undefined)[] = []) =>
  openRedis({ url: redis.url, onChange: (reason) => changes.push(reason) });
busContract(t, 'Redis', open);

const text = Buffer.from('{}');

t.test('Redis is killed and comes back', async (t) => {
  const changes: (string | undefined)[] = [];
  const a = await BusNode.start(t, open());
  const b = await BusNode.start(t, open(changes));
  const ids = Array.from({ length: 2500 }, (_, id) => id);
  await Promise.all(ids.map((id) => b.bus.subscribe(id)));

  await redis.kill();
  t.same(await Promise.all([1, 2].map((id) => a.bus.publish(id, text))), [0, 0], 'a broken connection');
  t.equal(await a.bus.publish(1, text), 0, 'no connection');
  await t.rejects(b.bus.subscribe(9000), { message: 'Redis is away' });
  await t.rejects(a.bus.subscribers(1));
  await b.bus.unsubscribe(7);

  await redis.start();
  await Promise.all([a.back(1), b.back(1)]);
  const counts = await Promise.all([...ids, 9000].map((id) => a.bus.publish(id, text)));
  t.same(
    counts.flatMap((count, id) => (count === 1 ? [] : [id])),
    [7, ids.length],
    'all subscribed but who left, or came in vain',
  );
  t.equal(changes.length, 2);
  t.equal(changes[1], undefined);
});

t.test('Redis is frozen and goes on', async (t) => {
  const a = await BusNode.start(t, open());
  const b = await BusNode.start(t, open());
  await Promise.all([1, 2].map((id) => b.bus.subscribe(id)));

  redis.freeze();
  t.teardown(() => redis.thaw());
  const begin = performance.now();
  const refused = t.rejects(b.bus.subscribe(3), { message: 'Redis is away' });
  const gone = b.bus.unsubscribe(2);
  t.same(await Promise.all([1, 1].map((id) => a.bus.publish(id, text))), [0, 0]);
  const waited = performance.now() - begin;
  t.ok(waited > 1900 && waited < 4000, `gave up after ${waited} ms`);
  t.equal(await a.bus.publish(1, text), 0);
  t.ok(performance.now() - begin - waited < 1000, 'then at once');
  await refused;
  await gone;

  redis.thaw();
  await Promise.all([a.back(1), b.back(1)]);
  t.same(await Promise.all([1, 2, 3].map((id) => a.bus.subscribers(id))), [1, 0, 0]);
  t.equal(await a.bus.publish(1, Buffer.from('now')), 1);
  t.equal((await b.texts(3)).at(-1), 'now', 'behind the two that had counted as lost');
});

t.test('a call that came in time wins over an earlier one that did not', async (t) => {
  const a = await BusNode.start(t, open());
  redis.freeze();
  t.teardown(() => redis.thaw());
  const refused = t.rejects(a.bus.subscribe(1));
  await wait(700);
  const confirmed = a.bus.subscribe(1);
  await refused;
  redis.thaw();
  await confirmed;
  t.equal(await a.bus.publish(1, text), 1);
});

t.test('Redis cannot be reached at the start', async (t) => {
  const away = await Redis.start();
  const start = () =>
    openRedis({ url: away.url }).start({ receive: () => {}, restored: () => {}, undelivered: () => {} });
  away.freeze();
  const message = (reason: string) => `Redis at 127.0.0.1:${away.port} cannot be reached: ${reason}`;
  await t.rejects(start(), {
    message: message("Socket timeout. Expecting data, but didn't receive any in 2000ms."),
  });
  await away.stop();
  await t.rejects(start(), { message: message(`connect ECONNREFUSED 127.0.0.1:${away.port}`) });
});
