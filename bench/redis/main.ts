import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { childrenOf } from '../../compat-tests/harness/children.js';
import { Redis } from '../../compat-tests/harness/redis.js';
import { RedisCluster } from '../../compat-tests/harness/redis-cluster.js';
import type { Medium } from '../../src/bus/medium.js';
import { RedisMedium } from '../../src/bus/redis/redis.js';

/*
 * What words between nodes cost Redis, and the nodes: pairs of nodes in this process, over one Redis or the masters of a
 * Redis Cluster. Counts the CPU time of each server, which is what a busy machine leaves as it is.
 */

const { values } = parseArgs({
  options: {
    masters: { type: 'string', default: '0,1,2,3' },
    nodes: { type: 'string', default: '12' },
    words: { type: 'string', default: '200000' },
  },
});
const nodes = Number(values.nodes);
const words = Number(values.words);
const WORD = Buffer.alloc(100, 'x');
const TOGETHER = 200;
/** Of the system's clock that counts CPU time. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Peer {
  readonly name: string;
  readonly medium: Medium;
  heard: number;
}

async function peer(url: string, n: number): Promise<Peer> {
  const name = n.toString(16).padStart(16, '0');
  const medium = new RedisMedium({ url });
  const peer = { name, medium, heard: 0 };
  await medium.start(name, {
    received: () => {},
    heard: () => {
      peer.heard++;
    },
    up: () => {},
    gone: () => {},
    beat: () => {},
    nodes: () => [],
  });
  return peer;
}

/** Everybody says words to everybody else, in turns. */
async function talk(peers: readonly Peer[], count: number): Promise<void> {
  for (let said = 0; said < count; ) {
    const turn: Promise<number>[] = [];
    for (const [n, from] of peers.entries())
      for (let k = 0; k < TOGETHER; k++, said++) {
        const to = peers[(n + 1 + (k % (peers.length - 1))) % peers.length];
        if (to !== undefined) turn.push(from.medium.tell(to.name, WORD));
      }
    await Promise.all(turn);
  }
}

function cpuOf(pid: number): number {
  const stat = execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' });
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return ((user ?? 0) + (system ?? 0)) / TICKS;
}

async function measure(masters: number): Promise<string> {
  const redis = masters === 0 ? await Redis.start() : await RedisCluster.start({ masters });
  const pids = childrenOf(process.pid).filter((pid) => isRedis(pid));
  const peers = await Promise.all(Array.from({ length: nodes }, (_, n) => peer(redis.url, n + 1)));
  await talk(peers, words / 10);
  const [before, own, start] = [pids.map(cpuOf), process.cpuUsage(), performance.now()];
  const heard = () => peers.reduce((sum, one) => sum + one.heard, 0);
  const already = heard();
  await talk(peers, words);
  const seconds = (performance.now() - start) / 1000;
  const count = heard() - already;
  const spent = pids.map((pid, n) => ((cpuOf(pid) - (before[n] ?? 0)) * 1e6) / count);
  const { user, system } = process.cpuUsage(own);
  for (const { medium } of peers) await medium.close();
  await redis.stop();
  const name = masters === 0 ? 'one Redis' : `cluster of ${masters}`;
  const busiest = Math.max(...spent);
  const cells = [
    busiest.toFixed(2),
    spent.map((one) => one.toFixed(2)).join(' '),
    ((user + system) / count).toFixed(1),
  ];
  return `| ${name} | ${cells.join(' | ')} | ${Math.round(1e6 / busiest)} | ${Math.round(count / seconds)} |`;
}

function isRedis(pid: number): boolean {
  return execFileSync('cat', [`/proc/${pid}/comm`], { encoding: 'utf8' }).startsWith('redis-server');
}

console.log(`${nodes} nodes, ${words} words of ${WORD.length} bytes\n`);
console.log(
  '| | busiest master, us a word | each | nodes, us a word (both ends) | words a second at one full core each | here |',
);
console.log('|---|---:|---|---:|---:|---:|');
for (const masters of values.masters.split(',').map(Number)) console.log(await measure(masters));
process.exit();
