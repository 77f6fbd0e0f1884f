import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { childrenOf, holder } from '../harness/children.js';
import { until, untilSilent } from '../harness/deadline.js';
import { freeze, thaw } from '../harness/freeze.js';
import { metric } from '../harness/metric.js';
import { MB, resident } from '../harness/resident.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

/** Each worker may keep this much, in bytes; it has about 100 MB without that. */
const KEPT = 64 * MB;
/** Far below what is sent. */
const MOST = 500 * MB;

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 12);

/** A writer on one worker and a reader on the other. */
async function apart(...options: string[]) {
  const server = await site.workers(2, ...options);
  const pids = childrenOf(server.child.pid);
  const workerOf = (port: number) => holder(pids, server.port, port);
  const writer = await Writer.online(server, 1);
  const here = workerOf(writer.line.port);
  let reader: Reader | undefined;
  for (let id = 2; reader === undefined; id++) {
    const one = await Reader.online(server, id);
    if (workerOf(one.line.port) !== here) reader = one;
  }
  const there = pids.find((pid) => pid !== here) ?? 0;
  await writer.write(reader.id, 1);
  await reader.hearAll(1);
  return { server, writer, reader, there };
}

t.test('a worker that is killed under load loses nothing of what others sent it', async (t) => {
  const { server, writer, reader, there } = await apart();
  const stop = writer.writeOn(reader.id, 50);
  await delay(1000);
  process.kill(there, 'SIGKILL');
  await reader.line.closed;
  await reader.enter(server);
  await stop();
  await reader.hearAll(writer.sent);
  t.equal(reader.inversions, 0, `of ${writer.sent} messages`);
  await server.child.stop();
});

t.test('a worker that is frozen and then killed loses nothing of what others sent it', async (t) => {
  const { server, writer, reader, there } = await apart();
  freeze(there);
  await writer.write(reader.id, 10_000);
  await delay(1000);
  process.kill(there, 'SIGKILL');
  await reader.line.closed;
  await writer.settle();
  await reader.enter(server);
  await reader.hearAll(writer.sent);
  t.equal(reader.inversions, 0, `of ${writer.sent} messages`);
  await server.child.stop();
});

t.test('a worker that is killed while it starts is replaced', async (t) => {
  const server = await site.workers(2);
  const seen = new Set(childrenOf(server.child.pid));
  for (const pid of [...seen].slice(0, 1)) process.kill(pid, 'SIGKILL');
  const fresh = () => childrenOf(server.child.pid).filter((pid) => !seen.has(pid));
  for (let n = 0; n < 3; n++) {
    await until(async () => fresh().length > 0, 'a new worker');
    for (const pid of fresh()) {
      seen.add(pid);
      process.kill(pid, 'SIGKILL');
    }
  }
  await until(async () => childrenOf(server.child.pid).length === 2, 'two workers to be there');
  const reader = await Reader.online(server, 1);
  await reader.leave();
  t.equal(await server.child.stop(), 0);
});

t.test('while a worker is frozen, and when it has been killed then, clients get in', async (t) => {
  const server = await site.workers(2);
  const [frozen] = childrenOf(server.child.pid);
  if (frozen === undefined) throw new Error('there are no workers');
  freeze(frozen);
  const before = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((id) => Reader.online(server, id)));
  const holders = before.map(({ line }) => holder(childrenOf(server.child.pid), server.port, line.port));
  t.notOk(holders.includes(frozen), 'no one is at the frozen one');
  process.kill(frozen, 'SIGKILL');
  const after = await Promise.all([9, 10, 11].map((id) => Reader.online(server, id)));
  const writer = await Writer.online(server, 12);
  for (const { id } of [...before, ...after]) await writer.write(id, 1);
  for (const [n, reader] of [...before, ...after].entries()) await reader.hearAll(n + 1, n + 1);
  await server.child.stop();
});

t.test('while a worker is frozen no process grows without end', async (t) => {
  const { server, writer, reader, there } = await apart('--max-kept', `${KEPT}`, '--admin', '0');
  freeze(there);
  // A writer that is not read any more waits; that is right.
  let isDone = false;
  void writer.write(reader.id, 1_000_000, '.'.repeat(8000)).then(() => {
    isDone = true;
  });
  const pids = [server.child.pid, ...childrenOf(server.child.pid)];
  let [most, last] = [0, -1];
  const isBraked = async () => {
    most = Math.max(most, ...pids.map(resident));
    const isSame = writer.sent === last;
    last = writer.sent;
    return isDone || ((await metric(server, 'chat_braked_clients')) === 1 && isSame);
  };
  await untilSilent(isBraked, () => writer.sent, 'the writer to be read from no more');
  t.notOk(isDone, 'it is braked before it has written all');
  thaw(there);
  t.ok(most < MOST, `${Math.round(most / MB)} MB`);
  writer.line.destroy();
  await server.child.stop();
});

t.test('when the primary process is killed the workers say goodbye, and lose nothing', async (t) => {
  const server = await site.workers(2);
  const pids = childrenOf(server.child.pid);
  const writer = await Writer.online(server, 1);
  const readers: Reader[] = [];
  for (const id of [2, 3, 4, 5]) readers.push(await Reader.online(server, id));
  // More waits for each than the system takes on its own, so that there is something to lose.
  for (const { line } of readers) line.pause();
  for (const { id } of readers) await writer.write(id, 500, '.'.repeat(8000));
  t.ok(await writer.settle());
  const sure = writer.sent;
  for (let n = 0; n < 100; n++) for (const { id } of readers) await writer.write(id, 1);
  server.child.signal('SIGKILL');
  const last = (await writer.settle()) ? writer.sent : sure;
  for (const { line } of readers) line.resume();
  await until(async () => pids.every(isGone), 'the workers to end');
  const database = await site.connect();
  const [online] = await database.query("select id from user where state = 'online'");
  t.same(online, [], 'nobody stays online');
  const again = await site.workers(2);
  for (const reader of readers) {
    await reader.line.closed;
    await reader.enter(again);
  }
  await until(async () => heardBy(readers, last) === last, `all of ${last} messages to come`);
});

/** How many of the first messages have come to somebody. */
function heardBy(readers: readonly Reader[], last: number): number {
  return new Set(readers.flatMap(({ heard }) => heard).filter((n) => n <= last)).size;
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
