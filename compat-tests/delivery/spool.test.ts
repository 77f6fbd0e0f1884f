import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import t, { type Test } from 'tap';
import type { Line } from '../campaign/line.js';
import { childrenOf, holder } from '../harness/children.js';
import { beforeDeadline, until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { type Server, startServer } from '../harness/server.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

/** Pairs of a writer and its receiver; no receiver is online while they write. */
const PAIRS = [
  [1, 4],
  [2, 5],
  [3, 6],
] as const;
const EACH = 2000;

t.setTimeout(600_000);

const folder = newFolder();
t.teardown(() => folder.remove());
const site = await DeliverySite.start(t, 6);
const database = await site.connect();
// A statement that was frozen is done at last, though its node was killed: what comes twice is of the test before.
t.beforeEach(async () => void (await database.query('delete from offlinemessage')));
const file = (name: string) => join(folder.path, name);

/** Writers on a server, each with the one that it writes to. */
function writersOn(server: Server): Promise<[Writer, number][]> {
  return Promise.all(
    PAIRS.map(async ([from, to]): Promise<[Writer, number]> => [await Writer.online(server, from), to]),
  );
}

/** Writes while the database is frozen, until everything is in the files of this name. */
async function writeFrozen(name: string, pairs: readonly [Writer, number][]): Promise<void> {
  site.mariadb.freeze();
  const written = Promise.all(pairs.map(([writer, to]) => writer.write(to, EACH)));
  await beforeDeadline(written, () => 'the server to read everything');
  const names = readdirSync(folder.path).filter((one) => new RegExp(`^${name}(-\\d)?$`).test(one));
  const files = names.map((one) => new Database(file(one)));
  const count = () => files.reduce((sum, db) => sum + countIn(db), 0);
  await until(async () => count() === PAIRS.length * EACH, 'all messages to be in the file');
  for (const db of files) db.close();
}

/** A node with a spool of this name that keeps what is written for others. */
async function keeping(name: string) {
  const spool = ['--spool', file(name)];
  const node = await site.node(...spool);
  const pairs = await writersOn(node);
  await writeFrozen(name, pairs);
  return { spool, node, pairs };
}

function countIn(db: Database.Database): number {
  const [row] = db.prepare('SELECT count(*) AS count FROM message').all() as { count: number }[];
  return row?.count ?? Number.NaN;
}

/** Those to whom was written log in, and get everything in order. */
async function hearAll(t: Test, server: Server, pairs: readonly [Writer, number][]): Promise<void> {
  for (const [{ sent }, to] of pairs) {
    const reader = await Reader.online(server, to);
    await reader.hearAll(sent);
    t.equal(reader.inversions, 0, `to ${to} in order`);
    await reader.leave();
  }
}

t.test('what waits for the database survives a kill -9 of its node', async (t) => {
  const { spool, node, pairs } = await keeping('killed');
  await node.child.stop('SIGKILL');
  site.mariadb.thaw();
  const again = await site.node(...spool);
  await again.child.logged(/"count":6000,.*messages of a former process are delivered now/);
  await hearAll(t, again, pairs);
  await again.child.stop();
  const empty = await site.node(...spool);
  t.notMatch(empty.child.log, /a former process/, 'what was stored is in the file no more');
  await empty.child.stop();
});

t.test('a node that is killed again before the database is back loses nothing either', async (t) => {
  const { spool, node: first, pairs } = await keeping('again');
  await first.child.stop('SIGKILL');
  site.mariadb.thaw();
  let node = await site.node(...spool);
  site.mariadb.freeze();
  await node.child.stop('SIGKILL');
  site.mariadb.thaw();
  node = await site.node(...spool);
  await hearAll(t, node, pairs);
  await node.child.stop();
});

t.test('a node that is stopped while the database is away ends well, and loses nothing', async (t) => {
  const { spool, node, pairs } = await keeping('stopped');
  node.child.signal('SIGTERM');
  t.equal(await node.child.orEnded(node.child.ended, 'end'), 0, 'its status');
  t.match(node.child.log, /"count":6000,.*messages wait for the next start/);
  site.mariadb.thaw();
  const again = await site.node(...spool);
  await hearAll(t, again, pairs);
  await again.child.stop();
});

t.test('a worker that is killed while the database is away: the next one delivers what it had', async (t) => {
  const server = await site.workers(2, '--spool', file('worker'));
  const pairs = await writersOn(server);
  await writeFrozen('worker', pairs);
  const line = pairs[0]?.[0].line as Line;
  process.kill(holder(childrenOf(server.child.pid), server.port, line.port) ?? Number.NaN, 'SIGKILL');
  site.mariadb.thaw();
  await beforeDeadline(line.closed, () => 'the connection to the killed worker to end');
  // Until then the primary process may give a connection to the worker that is gone.
  await server.child.logged(/a worker ended and is replaced/);
  await hearAll(t, server, pairs);
  await server.child.stop();
});

t.test('fewer processes than before deliver what all of them had', async (t) => {
  const spool = ['--spool', file('fewer')];
  const server = await site.workers(3, ...spool);
  t.same(
    readdirSync(folder.path).filter((name) => /^fewer(-\d)?$/.test(name)),
    ['fewer', 'fewer-1', 'fewer-2'],
    'each worker has its file',
  );
  const pairs = await writersOn(server);
  await writeFrozen('fewer', pairs);
  for (const pid of childrenOf(server.child.pid)) process.kill(pid, 'SIGKILL');
  await server.child.stop('SIGKILL');
  site.mariadb.thaw();
  const alone = await site.node(...spool);
  await hearAll(t, alone, pairs);
  await alone.child.stop();
});

t.test('a file that another server has is refused in one line', async (t) => {
  const spool = ['--spool', file('used')];
  const node = await site.node(...spool);
  const error = await startServer(['--mysql', site.mariadb.url('chat'), ...spool]).catch((error) => error);
  t.match(
    `${error}`,
    /\nchat-server: .*used is in use by another chat-server, pid \d+: stop that one first\n$/,
  );
  await node.child.stop();
});
