import t, { type Test } from 'tap';
import { RedisMedium } from '../../src/bus/redis/redis.js';
import { until } from '../harness/deadline.js';
import type { Redis } from '../harness/redis.js';
import { RedisSentinels } from '../harness/redis-sentinels.js';
import { channelContract } from './medium.js';
import { MediumNode } from './medium-node.js';

t.setTimeout(600_000);
const site = await RedisSentinels.start();
t.teardown(() => site.stop());
const open = () => new RedisMedium({ url: site.url });
channelContract(t, 'Redis behind Sentinels', open);

const text = Buffer.from('{}');
const IDS = Array.from({ length: 60 }, (_, id) => id);

/** Two nodes of which the second one hears all users. */
async function pair(t: Test): Promise<[MediumNode, MediumNode]> {
  const nodes: [MediumNode, MediumNode] = [
    await MediumNode.start(t, open()),
    await MediumNode.start(t, open()),
  ];
  await Promise.all(IDS.map((id) => nodes[1].medium.subscribe(id)));
  return nodes;
}

async function reachAll(t: Test, [a, b]: [MediumNode, MediumNode]): Promise<void> {
  await until(async () => {
    const counts = await Promise.all(IDS.map((id) => a.medium.subscribers(id))).catch(() => [0]);
    return counts.every((count) => count === 1);
  }, 'every user to be heard once');
  t.same(
    await Promise.all(IDS.map((id) => a.medium.publish(id, text))),
    IDS.map(() => 1),
  );
  await a.medium.tell(b.name, Buffer.from('still here'));
  await b.until(() => b.heard.includes('still here'), 'a word');
  t.same([a.gone, b.gone], [[], []], 'nobody took another for dead');
}

/** How a master can cease to be one, and what it takes to have it back. */
const CHANGES: Readonly<
  Record<string, [fail: (master: Redis) => unknown, mend: (master: Redis) => unknown]>
> = {
  killed: [(master) => master.kill(), (master) => master.start()],
  frozen: [(master) => master.freeze(), (master) => master.thaw()],
  'relieved of its office': [() => site.failOver(), () => undefined],
};

for (const [how, [fail, mend]] of Object.entries(CHANGES))
  t.test(`a master is ${how}, and its replica takes over`, async (t) => {
    const nodes = await pair(t);
    const master = await site.master();
    await fail(master);
    const next = await site.replaced(master);
    t.not(next, master);
    await Promise.all(nodes.map((node) => node.back(1)));
    await reachAll(t, nodes);
    await mend(master);
    await site.follows(master);
    await reachAll(t, nodes);
  });

t.test('some Sentinels are away', async (t) => {
  const [first, second] = site.sentinels;
  await first?.kill();
  second?.freeze();
  t.teardown(() => second?.thaw());
  const nodes = await pair(t);
  await reachAll(t, nodes);
  await first?.start();
});

t.test('nobody knows the master', async (t) => {
  const start = (url: string) => MediumNode.start(t, new RedisMedium({ url }));
  const [host] = /127[^/]*/.exec(site.url) ?? [];
  await t.rejects(start(site.url.replace('/chat', '/other')), {
    message: `none of the Sentinels at ${host} says where the master is: it knows none called other`,
  });
  await t.rejects(start('redis-sentinel://127.0.0.1:1/chat'), {
    message:
      'none of the Sentinels at 127.0.0.1:1 says where the master is: connect ECONNREFUSED 127.0.0.1:1',
  });
  const master = await site.master();
  await t.rejects(
    start(`redis-sentinel://127.0.0.1:${master.port}/chat`),
    /says where .*: is not a Sentinel$/,
  );
});
