import slotOf from 'cluster-key-slot';
import t, { type Test } from 'tap';
import { ALL, ONE } from '../../src/bus/redis/channels.js';
import { RedisMedium } from '../../src/bus/redis/redis.js';
import { until } from '../harness/deadline.js';
import type { Redis } from '../harness/redis.js';
import { RedisCluster } from '../harness/redis-cluster.js';
import { shardedContract } from './medium.js';
import { MediumNode } from './medium-node.js';

t.setTimeout(600_000);
const cluster = await RedisCluster.start({ masters: 3, replicas: 1 });
t.teardown(() => cluster.stop());
const open = () => new RedisMedium({ url: cluster.url });
shardedContract(t, 'Redis Cluster', open);

const text = Buffer.from('{}');
/** Users in the slots of all masters. */
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

/** Every user is heard by exactly one node. */
async function reachAll(t: Test, a: MediumNode): Promise<void> {
  await until(async () => {
    const counts = await Promise.all(IDS.map((id) => a.medium.subscribers(id))).catch(() => [0]);
    return counts.every((count) => count === 1);
  }, 'every user to be heard once');
  t.same(
    await Promise.all(IDS.map((id) => a.medium.publish(id, text))),
    IDS.map(() => 1),
  );
}

async function otherMaster(slot: number): Promise<Redis> {
  const [own, ranges] = [await cluster.masterOf(slot), await cluster.ranges()];
  const port = ranges.map((range) => range.port).find((one) => one !== own.port);
  const master = cluster.servers.find((server) => server.port === port);
  if (master === undefined) throw new Error('there is no other master');
  return master;
}

t.test('a user whose slot moves is heard at its new master, in order', async (t) => {
  const [a, b] = await pair(t);
  const slot = slotOf('7');
  let sent = 0;
  const texts: string[] = [];
  const publish = async () => {
    const text = `{"n":${sent++}}`;
    if ((await a.medium.publish(7, Buffer.from(text))) === 1) texts.push(text);
  };
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 200 }, publish));
    await cluster.move(slot, await otherMaster(slot));
    await until(async () => {
      await publish();
      return texts.at(-1) === `{"n":${sent - 1}}`;
    }, 'the user to be heard again');
  }
  await b.until(() => b.received.length === texts.length, 'all that was received');
  t.same(
    b.received.map(({ message }) => `${message}`),
    texts,
    'and nothing else',
  );
  t.equal(a.restored + b.restored, 0, 'nobody was cut off');
  await reachAll(t, a);
});

t.test('a slot that comes back before anybody has looked', async (t) => {
  const [a] = await pair(t);
  const slot = slotOf('7');
  const home = await cluster.masterOf(slot);
  await cluster.move(slot, await otherMaster(slot));
  await cluster.move(slot, home);
  await reachAll(t, a);
});

t.test('the channels of nodes move: they say everything again, and hear each other', async (t) => {
  const [a, b] = await pair(t);
  for (const channel of [`${ONE}${b.name}`, ALL]) {
    const slot = slotOf(channel);
    const before = b.restored;
    await cluster.move(slot, await otherMaster(slot));
    await b.back(before + 1);
    await a.medium.tell(b.name, Buffer.from(channel));
    await b.until(() => b.heard.includes(channel), 'a word');
  }
  const c = await MediumNode.start(t, open());
  t.equal(await c.medium.tell(undefined, Buffer.from('I am new')), 3);
  for (const node of [a, b]) await node.until(() => node.heard.includes('I am new'), 'the new one');
  await a.medium.tell(c.name, Buffer.from('welcome'));
  await c.until(() => c.heard.includes('welcome'), 'an answer');
  t.same([a.gone, b.gone], [[], []], 'nobody took another for dead');
});

/** How a master can fail, and what it takes to have it back. */
const FAILURES: Readonly<
  Record<string, [fail: (master: Redis) => unknown, mend: (master: Redis) => unknown]>
> = {
  killed: [(master) => master.kill(), (master) => master.start()],
  frozen: [(master) => master.freeze(), (master) => master.thaw()],
};

for (const [how, [fail, mend]] of Object.entries(FAILURES))
  t.test(`a master is ${how}, and its replica takes over`, async (t) => {
    const [a, b] = await pair(t);
    const slot = slotOf(`${ONE}${b.name}`);
    const master = await cluster.masterOf(slot);
    await fail(master);
    const survivor = cluster.servers.find((server) => server !== master);
    const next = await cluster.replaced(master, slot);
    t.not(next, master);
    await Promise.all([a.back(1), b.back(1)]);
    await reachAll(t, a);
    await a.medium.tell(b.name, Buffer.from('still here'));
    await b.until(() => b.heard.includes('still here'), 'a word');
    await mend(master);
    await until(async () => {
      const info = String(await cluster.ask(master, 'INFO', 'replication').catch(() => ''));
      return /role:slave/.test(info) && /master_link_status:up/.test(info);
    }, 'the former master to follow');
    await reachAll(t, a);
    t.ok(survivor);
    t.same([a.gone, b.gone], [[], []], 'nobody took another for dead');
  });

t.test('an original server on the cluster is seen', async (t) => {
  const found: string[] = [];
  const medium = new RedisMedium({ url: cluster.url, onIntruder: (line) => found.push(line) });
  const node = await MediumNode.start(t, medium);
  const original = await cluster.subscriber('17');
  t.teardown(() => original.disconnect());
  await until(async () => found.length > 0, 'it to be seen');
  t.match(found, [/^an original server listens at 127\.0\.0\.1:\d+, and cannot be on a Redis Cluster/]);
  await t.rejects(MediumNode.start(t, open()), /an original server listens/);
  await node.medium.close();
});
