import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { InProcessHub } from '../../src/bus/in-process.js';
import { RedisMedium } from '../../src/bus/redis/redis.js';
import { SocketMedium } from '../../src/bus/sockets.js';
import { Link } from '../campaign/link.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { endBefore } from '../harness/order.js';
import { Redis } from '../harness/redis.js';
import { channelContract, wordContract } from './medium.js';
import { MediumNode } from './medium-node.js';

const hub = new InProcessHub();
channelContract(t, 'in one process', () => hub.medium());

const folder = newFolder();
t.teardown(() => folder.remove());
wordContract(t, 'Unix sockets', () => new SocketMedium(folder.path));

const redis = await Redis.start();
t.teardown(() => redis.stop());
const open = (changes: (string | undefined)[] = []) =>
  new RedisMedium({ url: redis.url, onChange: (reason) => changes.push(reason) });
channelContract(t, 'Redis', open);

const text = Buffer.from('{}');

t.test('Redis is killed and comes back', async (t) => {
  const changes: (string | undefined)[] = [];
  const a = await MediumNode.start(t, open());
  const b = await MediumNode.start(t, open(changes));
  const ids = Array.from({ length: 2500 }, (_, id) => id);
  await Promise.all(ids.map((id) => b.medium.subscribe(id)));

  await redis.kill();
  t.same(await Promise.all([1, 2].map((id) => a.medium.publish(id, text))), [0, 0], 'a broken connection');
  t.equal(await a.medium.publish(1, text), 0, 'no connection');
  await b.medium.subscribe(9000);
  await t.rejects(a.medium.subscribers(1));
  await b.medium.unsubscribe(7);

  await redis.start();
  await Promise.all([a.back(1), b.back(1)]);
  const counts = await Promise.all([...ids, 9000].map((id) => a.medium.publish(id, text)));
  t.same(
    counts.flatMap((count, id) => (count === 1 ? [] : [id])),
    [7],
    'all subscribed but who left',
  );
  t.equal(changes.length, 2);
  t.equal(changes[1], undefined);
});

t.test('Redis is frozen and goes on', async (t) => {
  const a = await MediumNode.start(t, open());
  const b = await MediumNode.start(t, open());
  await Promise.all([1, 2].map((id) => b.medium.subscribe(id)));

  redis.freeze();
  t.teardown(() => redis.thaw());
  const begin = performance.now();
  const late = b.medium.subscribe(3);
  const gone = b.medium.unsubscribe(2);
  t.same(await Promise.all([1, 1].map((id) => a.medium.publish(id, text))), [0, 0]);
  const waited = performance.now() - begin;
  t.ok(waited > 1900, `gave up after ${waited} ms`);
  const next = a.medium.publish(1, text);
  t.ok(await endBefore([next], [delay(1500)]), 'then at once');
  t.equal(await next, 0);
  await late;
  await gone;

  redis.thaw();
  await Promise.all([a.back(1), b.back(1)]);
  t.same(
    await Promise.all([1, 2, 3].map((id) => a.medium.subscribers(id))),
    [1, 0, 1],
    'a wish stays until it is taken back',
  );
  t.equal(await a.medium.publish(1, Buffer.from('now')), 1);
  t.equal((await b.texts(3)).at(-1), 'now', 'behind the two that had counted as lost');
});
t.test('what is published before the others know of a cut does not pass what was lost in it', async (t) => {
  const link = await Link.to(redis.port);
  t.teardown(() => link.close());
  const changes: (string | undefined)[] = [];
  const onChange = (reason: string | undefined) => changes.push(reason);
  const a = await MediumNode.start(t, open());
  const b = await MediumNode.start(t, new RedisMedium({ url: `redis://127.0.0.1:${link.port}`, onChange }));
  await b.medium.subscribe(1);
  let know = () => {};
  b.greeting = new Promise((resolve) => {
    know = resolve;
  });

  link.drop();
  await until(async () => changes.length > 0, 'the silence to be noticed');
  link.heal();
  t.equal(await a.medium.publish(1, Buffer.from('lost')), 1, 'the connection that is dead counts');
  await b.medium.subscribe(2);
  let [greetings, published] = [0, 0];
  while (!a.heard.includes('here I am')) {
    if (b.restored > greetings) {
      greetings = b.restored;
      void b.medium.tell(undefined, Buffer.from('here I am'));
    }
    for (const id of [1, 2]) published += await a.medium.publish(id, text);
    await delay(10);
  }
  t.ok(published > 0, `${published} were counted as received`);
  t.same(b.received, []);
  know();
  const count = async () => [await a.medium.subscribers(1), await a.medium.subscribers(2)];
  await until(async () => `${await count()}` === '1,1', 'both users to be heard once');
  for (const id of [1, 2]) t.equal(await a.medium.publish(id, Buffer.from(`${id}`)), 1);
  t.same(await b.texts(2), ['1', '2']);
});

t.test('Redis cannot be reached at the start', async (t) => {
  const away = await Redis.start();
  const start = () => MediumNode.start(t, new RedisMedium({ url: away.url }));
  away.freeze();
  const message = (reason: string) => `Redis at 127.0.0.1:${away.port} cannot be reached: ${reason}`;
  await t.rejects(start(), {
    message: message("Socket timeout. Expecting data, but didn't receive any in 2000ms."),
  });
  await away.stop();
  await t.rejects(start(), { message: message(`connect ECONNREFUSED 127.0.0.1:${away.port}`) });
});
