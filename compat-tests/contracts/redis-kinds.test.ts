import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { RedisCluster } from '../harness/redis-cluster.js';
import { SCHEMAS } from './schemas.js';

const [mariadb, master, cluster] = await Promise.all([
  MariaDb.start(),
  Redis.start(),
  RedisCluster.start({ masters: 2 }),
]);
const replica = await Redis.start({ args: ['--replicaof', `127.0.0.1 ${master.port}`] });
t.teardown(() => Promise.all([mariadb, master, cluster, replica].map((service) => service.stop())));
const database = await mariadb.createDatabase('chat', SCHEMAS.original);
const [first] = cluster.servers;

/** A server that answers everything with this text. */
async function other(t: Test, text: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(text)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The output of a program of ours with this Redis, and how it ends. */
async function run(
  command: readonly string[],
  url: string,
): Promise<[status: number | string, text: string]> {
  const child = new Child(process.execPath, [
    'dist/main.js',
    ...command,
    '--mysql',
    database,
    '--redis',
    url,
  ]);
  return [await child.ended, child.log.replaceAll(/ +/g, ' ')];
}

/** Both refuse this Redis, in one line with this reason, and nobody else writes. */
async function refused(t: Test, url: string, reason: RegExp): Promise<void> {
  const [status, line] = await run(['127.0.0.1', '0'], url);
  t.equal(status, 1);
  t.match(line, new RegExp(`^chat-server: Redis at 127.0.0.1:\\d+ ${reason.source}\n$`));
  const [checked, findings] = await run(['check'], url);
  t.equal(checked, 1);
  t.match(findings, new RegExp(`^broken Redis Redis at 127.0.0.1:\\d+ ${reason.source}$`, 'm'));
  t.notMatch(line + findings, /ioredis|report th|\[WARN\]|\n\s+at /);
}

const at = (server: { port: number } | undefined, login = '') => `redis://${login}127.0.0.1:${server?.port}`;

t.test('a part of a Redis Cluster is refused', (t) =>
  refused(t, at(first), /is part of a Redis Cluster: give it as redis-cluster:..host:port,host:port/),
);

t.test('a replica is refused, with its master', (t) =>
  refused(t, at(replica), new RegExp(`is a replica: its master is 127.0.0.1:${master.port}`)),
);

t.test('another service is told of in words of ours', async (t) => {
  const http = await other(t, 'HTTP/1.1 400 Bad Request\r\n\r\n');
  await refused(t, at({ port: http }), /cannot be reached: what answers there is no Redis/);
  // It greets, and resets the connection at what it does not understand: on a busy machine the reset may be seen first.
  const reasons =
    /cannot be reached: (?:what answers there is no Redis|read ECONNRESET \(a port with TLS wants rediss in place of redis\))/;
  await refused(t, at(mariadb), reasons);
});

t.test('a password that is not needed does no harm, and nobody but us writes a line', async (t) => {
  const [status, findings] = await run(['check'], at(master, ':secret@'));
  t.equal(status, 0);
  t.match(findings, /^fine Redis /m);
  t.notMatch(findings, /\[WARN\]|ioredis/);
});
