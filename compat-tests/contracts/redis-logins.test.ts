import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { RedisMedium } from '../../src/bus/redis/redis.js';
import { Child } from '../harness/child.js';
import { MariaDb } from '../harness/mariadb.js';
import { RedisCluster } from '../harness/redis-cluster.js';
import { RedisSentinels } from '../harness/redis-sentinels.js';
import { MediumNode } from './medium-node.js';
import { SCHEMAS } from './schemas.js';

t.setTimeout(600_000);
/** The rules that SECURITY.md gives: for one Redis, for a Redis Cluster, for Sentinels. */
const rules = [...readFileSync('SECURITY.md', 'utf8').matchAll(/^ *ACL SETUSER chat on >password (.*)$/gm)];
const [forOne = [], forCluster = [], forSentinels = []] = rules.map(([, rule = '']) => rule.split(' '));
const user = (...rights: string[]) => ['--user', 'chat', 'on', '>pw', 'resetchannels', ...rights];

const [mariadb, cluster, sentinels] = await Promise.all([
  MariaDb.start(),
  RedisCluster.start({ masters: 2, args: user(...forCluster) }),
  RedisSentinels.start({
    lines: [
      user(...forOne)
        .join(' ')
        .slice(2),
    ],
  }),
]);
t.teardown(() => Promise.all([mariadb, cluster, sentinels].map((service) => service.stop())));
const database = await mariadb.createDatabase('chat', SCHEMAS.original);
const login = (url: string, who: string) => url.replace('://', `://${who}@`);

/** Two nodes with this URL reach each other. */
async function works(t: Test, url: string): Promise<void> {
  const [a, b] = [
    await MediumNode.start(t, new RedisMedium({ url })),
    await MediumNode.start(t, new RedisMedium({ url })),
  ];
  for (const id of [1, 2, 3]) {
    await b.medium.subscribe(id);
    t.equal(await a.medium.publish(id, Buffer.from('hi')), 1);
    t.equal(await a.medium.subscribers(id), 1);
  }
  t.equal(await a.medium.tell(b.name, Buffer.from('hello')), 1);
}

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

/** Neither a server nor `check` takes it, in one line of ours, and no password is in it. */
async function refused(t: Test, url: string, reason: RegExp): Promise<void> {
  const [status, line] = await run(['127.0.0.1', '0'], url);
  t.equal(status, 1);
  t.match(line, new RegExp(`^chat-server: [^\n]*${reason.source}[^\n]*\n$`));
  const [checked, findings] = await run(['check'], url);
  t.equal(checked, 1);
  t.match(findings, new RegExp(`^broken Redis [^\n]*${reason.source}`, 'm'));
  t.notMatch(line + findings, /ioredis|hunter2|\[WARN\]|\n\s+at /);
}

t.test('a Redis Cluster, with the rights that are documented', async (t) => {
  await works(t, login(cluster.url, 'chat:pw'));
  const [status, findings] = await run(['check'], login(cluster.url, 'chat:pw'));
  t.equal(status, 0, findings);
  t.equal(findings.match(/^fine Redis 127/gm)?.length, 2, 'a line for each master');
});

t.test('a wrong password for a Redis Cluster', (t) =>
  refused(t, login(cluster.url, 'chat:hunter2'), /Redis at 127.0.0.1:\d+ refuses the password/),
);

t.test('a right that is missing at one of two masters', async (t) => {
  const [, second] = cluster.servers;
  if (second === undefined) return;
  await cluster.ask(second, 'ACL', 'SETUSER', 'chat', '-spublish');
  await refused(
    t,
    login(cluster.url, 'chat:pw'),
    new RegExp(`127.0.0.1:${second.port} does not allow its user chat all that is needed`),
  );
  await cluster.ask(second, 'ACL', 'SETUSER', 'chat', '+spublish');
});

t.test('another service in place of a part of a cluster, or of a Sentinel', async (t) => {
  // The other service greets, and resets as it does not understand: with the reset its greeting may be gone.
  const noRedis =
    /what answers there is no Redis|(?:cannot be reached|says where the master is): read ECONNRESET/;
  await refused(t, `redis-cluster://127.0.0.1:${mariadb.port}`, noRedis);
  await refused(t, `redis-sentinel://127.0.0.1:${mariadb.port}/chat`, noRedis);
  await refused(
    t,
    sentinels.url.replace('-sentinel', '-cluster').replace('/chat', ''),
    /is not part of a Redis Cluster/,
  );
});

t.test('a Redis behind Sentinels that have passwords too, with the rights that are documented', async (t) => {
  await sentinels.secure(forSentinels);
  const url = `${login(sentinels.url, 'chat:pw')}?sentinel-user=chat&sentinel-password=pw`;
  await works(t, url);
  await refused(t, login(sentinels.url, 'chat:pw'), /none of the Sentinels .* says where the master is/);
  await refused(t, url.replace(':pw@', ':hunter2@'), /Redis at 127.0.0.1:\d+ refuses the password/);
  await refused(t, url.replace('password=pw', 'password=hunter2'), /none of the Sentinels/);
});

t.test('ports where nothing listens', async (t) => {
  await refused(
    t,
    'redis-cluster://127.0.0.1:1,127.0.0.1:2',
    /Redis at 127.0.0.1:\d+ cannot be reached: connect ECONNREFUSED/,
  );
  await works(t, login(cluster.url.replace('://', '://127.0.0.1:1,'), 'chat:pw'));
});
