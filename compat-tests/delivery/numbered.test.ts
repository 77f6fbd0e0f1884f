import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ChatClient } from '../../src/index.js';
import { expected, Listener, type Plan, TIMES, Way, writeThrough } from './numbered.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** Longer than messages wait for one that a node has which answers, in ms. */
const CUT = 8000;
const WRITERS = [1, 2];
/** One is here, one on the other node, one is away. */
const READERS = [3, 4, 5];

/** Checks that each reader has everything once and in order, leaving out what came again. */
async function check(t: Test, plan: Plan, listeners: readonly Listener[]): Promise<void> {
  for (const [n, listener] of listeners.entries()) {
    const reader = READERS[n] ?? 0;
    const numbers = expected(plan, reader);
    await listener.hearAll(WRITERS, numbers.length);
    for (const writer of WRITERS) t.same(listener.from(writer), numbers, `from ${writer} to ${reader}`);
  }
}

t.test('connections of writers break: each of their messages arrives once, in order', async (t) => {
  const site = await DeliverySite.start(t, 5);
  const [one, two] = [await site.node(), await site.node()];
  const way = await Way.to(one.port, two.port);
  t.teardown(() => way.close());
  const [here, there] = [await Listener.online(one.port, 3), await Listener.online(two.port, 4)];
  const plan = {
    ...{ port: way.port, writers: WRITERS, readers: READERS, count: 900 * TIMES, faults: 8 * TIMES },
    fault: () => way.break(),
  };
  const answers = await writeThrough(plan);
  t.ok((answers.stored ?? 0) >= 600 * TIMES, 'those to who is away are stored');
  const away = await Listener.online(one.port, 5);
  await check(t, plan, [here, there, away]);
  t.same([here.repeated, there.repeated, away.repeated], [0, 0, 0], 'nothing comes twice');
  await Promise.all([here.close(), there.close(), away.close()]);
});

t.test('nodes are killed besides: to who looks at the numbers nothing comes twice', async (t) => {
  const site = await DeliverySite.start(t, 5);
  const nodes = [await site.node(), await site.node()];
  const ports = nodes.map(({ port }) => port);
  const way = await Way.to(...ports);
  t.teardown(() => way.close());
  const [here, there] = await Promise.all([
    Listener.online(ports[0] ?? 0, 3),
    Listener.online(ports[1] ?? 0, 4),
  ]);
  const kill = async (index: number) => {
    const node = nodes[index];
    if (node === undefined) return;
    await node.child.stop('SIGKILL');
    nodes[index] = await site.again(node);
  };
  const plan = {
    ...{ port: way.port, writers: WRITERS, readers: READERS, count: 900 * TIMES, faults: 4 * TIMES },
    fault: (n: number) => (n % 2 === 0 ? kill((n / 2) % 2) : way.break()),
  };
  await writeThrough(plan);
  const away = await Listener.online(ports[0] ?? 0, 5);
  await check(t, plan, [here, there, away]);
  t.comment(`${here.repeated + there.repeated + away.repeated} came again`);
  await Promise.all([here.close(), there.close(), away.close()]);
});

t.test('what a node stored without Redis comes before what its writer sends at another one', async (t) => {
  const site = await DeliverySite.start(t, 3);
  const [one, two] = [await site.node(), await site.node()];
  const listener = await Listener.online(two.port, 2);
  const ofGroup = await Listener.online(two.port, 3);
  const write = async (port: number) => {
    const client = await ChatClient.connect({ host: '127.0.0.1', port });
    await client.login(1, 'pw');
    const answers: string[] = [];
    for (let n = 0; n < 10; n++)
      answers.push(await client.send(2, 'one'), await client.sendToGroup(1, 'all'));
    client.logout();
    await client.close();
    return answers;
  };
  for (const { redis, child } of [one, two]) {
    redis.drop();
    await child.logged(/Redis is away/);
  }
  t.same([...new Set(await write(one.port))], ['stored'], 'its node cannot reach the other one');
  await write(two.port);
  await listener.hearAll([1], 40);
  await ofGroup.hearAll([1], 20);
  t.same(listener.from(1), upTo(40));
  t.same(
    ofGroup.from(1),
    upTo(40).filter((seq) => seq % 2 === 0),
  );
  await Promise.all([listener.close(), ofGroup.close()]);
});

t.test(
  'what is with a node that Redis does not reach comes before what is newer, also after seconds',
  async (t) => {
    const site = await DeliverySite.start(t, 3);
    const [one, two] = [await site.node('--log-level', 'trace'), await site.node()];
    const way = await Way.to(one.port);
    t.teardown(() => way.close());
    const listener = await Listener.online(two.port, 2);
    const before = await ChatClient.connect({ host: '127.0.0.1', port: one.port });
    await before.login(3, 'pw');
    await before.send(2, 'heard');
    one.redis.drop();
    const sent = [before.send(2, 'on its way')];
    await one.child.logged(/Redis is away/);
    // Redis takes nobody who comes now for a user of that node.
    const client = await ChatClient.connect({ host: '127.0.0.1', port: way.port, reconnect: true });
    await client.login(1, 'pw');
    sent.push(client.send(2, 'behind that'));
    await one.child.logged(/message waits for its user/);
    way.ports = [];
    way.break();
    await one.child.logged(/"userid":1,.*"msg":"a user has left"/);
    way.ports = [two.port];
    sent.push(client.send(2, 'written at the other node'));
    await delay(CUT);
    one.redis.heal();
    await Promise.all(sent);
    await listener.hearAll([1, 3], 2);
    t.same(listener.heard.get(1), upTo(2));
    t.same(listener.from(3), upTo(2));
    await Promise.all([before.close(), client.close(), listener.close()]);
  },
);

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n + 1);
}
