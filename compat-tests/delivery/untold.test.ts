import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 4);

t.test('what a node stored while it had no Redis comes also when it dies before it can tell', async (t) => {
  const [here, there] = [await site.node(), await site.node()];
  const writer = await Writer.online(here, 1);
  const reader = await Reader.online(there, 2);
  here.redis.drop();
  await here.child.logged(/Redis is away/);
  await writer.write(2, 20);
  await writer.settle();
  await here.child.stop('SIGKILL');
  here.redis.heal();
  await site.again(here);
  await reader.hearAll(20);
  t.equal(reader.inversions, 0, 'in order');
});

t.test('with the database away, a blink of Redis does not stop chat within a node', async (t) => {
  const node = await site.node();
  const writer = await Writer.online(node, 3);
  const reader = await Reader.online(node, 4);
  await writer.write(4, 10);
  await reader.hearAll(10);
  node.database.stall();
  node.redis.reset();
  await node.child.logged(/Redis is back/);
  await writer.write(4, 10);
  await reader.hearAll(20);
  t.equal(reader.inversions, 0, 'in order, and the database was away all the time');
  node.database.heal();
});
