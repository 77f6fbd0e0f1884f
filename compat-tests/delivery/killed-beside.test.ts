import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { SEEN } from '../campaign/line.js';
import { until, untilSilent } from '../harness/deadline.js';
import { metric } from '../harness/metric.js';
import { Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** How many messages are written before, meanwhile, and after; and how many at a time. */
const SOME = 500;
const FEW = 5;

t.test('of what others sent to users of an original no more comes twice than was unsure', async (t) => {
  const site = await DeliverySite.start(t, 3);
  const [here, there] = [await site.node('--admin', '0'), await site.node()];
  const writer = await Writer.online(here, 1);
  const original = new RedisClient(site.redis.port);
  t.teardown(() => original.disconnect());
  const heard: number[] = [];
  original.on('message', (_channel, message: string) => {
    for (const [, , , n] of message.matchAll(SEEN)) heard.push(Number(n));
  });
  await original.subscribe('3');
  const last = async () => heard.includes(writer.sent);
  /** Writes a few messages at a time, until this has happened, too. Resolves when all have come, and are known to have. */
  const write = async (count: number, meanwhile = Promise.resolve<unknown>(undefined)) => {
    let isOver = false;
    const over = meanwhile.finally(() => {
      isOver = true;
    });
    for (const from = writer.sent; writer.sent < from + count || !isOver; ) {
      await writer.write(3, FEW);
      await untilSilent(last, () => heard.length, 'the last message to come');
    }
    await over;
    // Every node of ours has answered since.
    await until(async () => (await metric(here, 'chat_backlog_bytes')) === 0, 'all to be sure');
  };
  await write(SOME);
  const before = writer.sent;
  const isGone = async () => (await metric(here, 'chat_nodes')) === 0;
  let [from, to] = [0, 0];
  const killed = async () => {
    await there.child.stop('SIGKILL');
    from = writer.sent;
    await until(isGone, 'the other node to be gone');
    to = writer.sent;
  };
  await write(SOME, killed());
  const after = writer.sent;
  await write(SOME);
  const [once, twice] = [new Set<number>(), new Set<number>()];
  for (const n of heard) (once.has(n) ? twice : once).add(n);
  t.comment(`${twice.size} came twice, ${to - from} of ${writer.sent} were written before it was gone`);
  t.same(
    [...twice].filter((n) => n <= before || n > after),
    [],
    'none that was sure when the node was killed, or that was written when it was gone',
  );
  // A node that hears nothing is not waited for long before it counts as dead.
  const silent = Array.from({ length: to - from }, (_, n) => from + 1 + n);
  t.ok(
    silent.some((n) => !twice.has(n)),
    'and not all that was written while it was silent',
  );
});
