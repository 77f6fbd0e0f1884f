import t from 'tap';
import { until } from '../harness/deadline.js';
import { metric } from '../harness/metric.js';
import { MB, resident } from '../harness/resident.js';
import { Reader, Writer } from './people.js';
import { DeliverySite, type Node } from './site.js';

const KEPT = 4 * MB;
const CLIENTS = 500;
/** Of each client at most this much comes on top of what it may have kept: one read, one message, and its share twice. */
const MOST_AHEAD = 80_000;
/** Each sends this much: all of it, for all clients, is three times what is allowed. */
const EACH = 240_000;
const MESSAGE = '.'.repeat(3000);
const READERS = 4;
const ALL_READ = 400;

t.setTimeout(600_000);

const site = await DeliverySite.start(t, CLIENTS + 1);
const database = await site.connect();
await database.query('alter table offlinemessage modify message mediumtext not null');
// A login of somebody in a group of all of them would list them all.
await database.query('delete from groupuser');

const kept = (node: Node) => metric(node, 'chat_backlog_bytes');
const braked = (node: Node) => metric(node, 'chat_braked_clients');

t.test('very many clients with a little each stay within what may be kept', async (t) => {
  const node = await site.node('--max-kept', `${KEPT}`, '--admin', '0');
  const writers: Writer[] = [];
  for (let id = 2; id <= CLIENTS + 1; id++) writers.push(await Writer.online(node, id));
  const before = resident(node.child.pid);
  site.mariadb.freeze();
  for (const writer of writers) void writer.write(1, EACH / MESSAGE.length, MESSAGE);
  await until(async () => (await braked(node)) === CLIENTS, 'all of them to be braked');
  const used = await kept(node);
  t.ok(used > KEPT / 2, `${used} bytes are kept`);
  t.ok(used < KEPT + CLIENTS * MOST_AHEAD, `${used} bytes are kept`);
  // V8 may leave as much uncollected again, and a wide margin.
  const grown = resident(node.child.pid) - before;
  t.ok(grown < 500 * MB, `it grew by ${(grown / MB).toFixed()} MB`);
  for (const { line } of writers) line.reset();
  await node.child.stop('SIGKILL');
  site.mariadb.thaw();
});

t.test('messages of another node count here: while they fill it, its own clients are braked', async (t) => {
  const [there, node] = [await site.node(), await site.node('--max-kept', `${KEPT}`, '--admin', '0')];
  const readers: Reader[] = [];
  for (let id = 2; id < 2 + READERS; id++) readers.push(await Reader.online(node, id));
  const writer = await Writer.online(there, 100);
  const own = await Writer.online(node, 101);
  for (const { id } of readers) await writer.write(id, 1);
  for (const [n, reader] of readers.entries()) await reader.hearLast(n + 1);
  for (const { line } of readers) line.pause();
  site.mariadb.freeze();
  // More than the system takes on its own, so that it waits at the readers' node, and cannot be stored.
  const written = (async () => {
    for (const { id } of readers) await writer.write(id, ALL_READ, '.'.repeat(30_000));
  })();
  await until(async () => (await kept(node)) > KEPT, 'the node to be full');
  void own.write(1, EACH / MESSAGE.length, MESSAGE);
  await until(async () => (await braked(node)) > 0, 'its own client to be braked');
  site.mariadb.thaw();
  for (const { line } of readers) line.resume();
  await written;
  for (const [n, reader] of readers.entries()) {
    const last = READERS + (n + 1) * ALL_READ;
    await reader.hearAll(last, last - ALL_READ + 1);
    t.equal(reader.inversions, 0, 'in order');
  }
  await own.settle();
  const isOver = async () => (await kept(node)) === 0 && (await braked(node)) === 0;
  await until(isOver, 'all to be given back');
});
