import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { mark } from '../campaign/line.js';
import { until } from '../harness/deadline.js';
import { freeze, thaw } from '../harness/freeze.js';
import { underWay } from '../harness/was-read.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

const PAIRS = 12;
/** The messages that wait for each reader: less than ends a connection, but all together far more than the node may keep. */
const [COUNT, LENGTH] = [100, 60_000];
const KEPT = 8_388_608;

t.setTimeout(600_000);

t.test('what waits for many slow readers is stored when they are all cut off at once', async (t) => {
  const site = await DeliverySite.start(t, 2 * PAIRS);
  await keepWhole(site);
  const node = await site.node('--max-kept', `${KEPT}`);
  const pairs = await Promise.all(
    Array.from({ length: PAIRS }, async (_, n) => ({
      writer: await Writer.online(node, 1 + n),
      reader: await Reader.online(node, 1 + PAIRS + n),
    })),
  );
  for (const { reader } of pairs) reader.line.pause();
  await Promise.all(
    pairs.map(async ({ writer, reader }) => {
      // A message that has come in part is not heard: its mark is at its end.
      await writer.write(reader.id, COUNT, '', '.'.repeat(LENGTH));
      await writer.settle();
    }),
  );
  // Bytes that the system has taken count as sent. All of them are read before the connections break, so that nothing may be missing.
  freeze(node.child.pid);
  for (const { reader } of pairs) reader.line.resume();
  await Promise.all(pairs.map(({ reader }) => wasDelivered(reader.line.port, node.port)));
  for (const { reader } of pairs) {
    t.ok(reader.heard.length < COUNT, `${reader.heard.length} of ${COUNT} had left`);
    reader.line.reset();
  }
  thaw(node.child.pid);
  for (const { reader } of pairs) {
    await reader.enter(node);
    await reader.hearAll(COUNT);
    t.equal(reader.inversions, 0, 'in order');
  }
});

/** Long messages are stored in one piece, which is faster. Resolves with a connection to the database. */
async function keepWhole(site: DeliverySite) {
  const database = await site.connect();
  await database.query('alter table offlinemessage modify message mediumtext not null');
  return database;
}

/** Resolves when nothing is on its way to a client any more: it has read what the system had. */
function wasDelivered(clientPort: number, serverPort: number): Promise<void> {
  return until(async () => (await underWay(clientPort, serverPort)) === 0, 'what is on its way to be read');
}

t.test('who writes to many who do not read is not held up until one of them does', async (t) => {
  const site = await DeliverySite.start(t, 1 + PAIRS);
  await keepWhole(site);
  // Little waits for each of them. All of it together is more than the one who writes may have kept.
  const node = await site.node('--max-kept', `${KEPT}`);
  const writer = await Writer.online(node, 1);
  const ids = Array.from({ length: PAIRS }, (_, n) => 2 + n);
  const readers = await Promise.all(ids.map((id) => Reader.online(node, id)));
  for (const { line } of readers) line.pause();
  for (let n = 0; n < COUNT; n++) {
    for (const { id } of readers) await writer.write(id, 1, '', '.'.repeat(LENGTH));
  }
  t.ok(await writer.settle(), 'all of it was handled while nobody read');
  for (const { line } of readers) line.resume();
  for (const [n, reader] of readers.entries()) {
    await until(async () => reader.heard.length >= COUNT, `all that was written to reader ${n}`);
    t.equal(reader.inversions, 0, 'in order');
    t.equal(new Set(reader.heard).size, COUNT, 'each once');
  }
});

t.test('who writes to somebody who reads nothing after its login is not held up', async (t) => {
  const site = await DeliverySite.start(t, 2);
  const database = await keepWhole(site);
  const stored = 4 * COUNT;
  const text = (n: number) => `{"id":1,"msg":"${'.'.repeat(LENGTH)}${mark(1, '2', n)}","msgid":6,"toid":2}`;
  for (let n = 1; n <= stored; n++)
    await database.execute('insert into offlinemessage (userid, message) values (2, ?)', [text(n)]);
  const node = await site.node('--max-kept', `${KEPT}`);
  const writer = await Writer.online(node, 1);
  const reader = await Reader.online(node, 2);
  reader.line.pause();
  writer.sent = stored;
  // The stored messages are older, and do not leave: all of these wait behind them.
  await writer.write(reader.id, COUNT, '', '.'.repeat(LENGTH));
  t.ok(await writer.settle(), 'all of it was handled while nothing was read');
  t.ok(reader.heard.length < stored, `${reader.heard.length} of ${stored} stored ones had come`);
  reader.line.resume();
  await reader.hearAll(stored + COUNT);
  t.equal(reader.inversions, 0, 'in order');
});

t.test('what came while a login waited for the database does not end its connection', async (t) => {
  const site = await DeliverySite.start(t, 2);
  const node = await site.node();
  const writer = await Writer.online(node, 1);
  const lock = await site.connect();
  const redis = new RedisClient(site.redis.port);
  t.teardown(() => redis.disconnect());
  await lock.query('begin');
  await lock.query('select * from user where id = 2 for update');
  const reader = new Reader(2);
  const entered = reader.enter(node);
  const isListenedFor = async () => (await redis.pubsub('NUMSUB', '2'))[1] === 1;
  await until(isListenedFor, 'the login to reach the lock');
  await writer.write(reader.id, 400, '.'.repeat(LENGTH));
  await lock.query('rollback');
  await entered;
  reader.line.pause();
  await writer.write(reader.id, 1);
  await writer.settle();
  reader.line.resume();
  await reader.hearAll(401);
  t.equal(reader.inversions, 0, 'in order');
});
