import { randomInt } from 'node:crypto';
import slotOf from 'cluster-key-slot';
import { Redis as Driver } from 'ioredis';
import { until } from './deadline.js';
import { isFree } from './port.js';
import { Redis } from './redis.js';
import { askRedis, isReplica } from './redis-ask.js';

/** How far the port on which the servers speak to each other is from that for clients. */
const BUS = 10_000;
const SLOTS = 16_384;
/** After so many ms of silence a master counts as failed. */
const NODE_TIMEOUT = 1000;

export interface RedisClusterOptions {
  readonly masters?: number;
  /** For each master. */
  readonly replicas?: number;
  /** More arguments for each server's command line. */
  readonly args?: readonly string[];
}

/** A private Redis Cluster on 127.0.0.1: masters with an equal share of the slots each, and their replicas. */
export class RedisCluster {
  /** The masters first, then a replica of each, and so on. */
  readonly servers: readonly Redis[];

  private constructor(servers: readonly Redis[]) {
    this.servers = servers;
  }

  /** Starts one. Resolves when all slots are served and every replica is in step with its master. */
  static async start({
    masters = 3,
    replicas = 0,
    args = [],
  }: RedisClusterOptions = {}): Promise<RedisCluster> {
    const count = masters * (1 + replicas);
    const servers: Redis[] = [];
    while (servers.length < count) servers.push(await start(args));
    const cluster = new RedisCluster(servers);
    await cluster.#join(masters);
    return cluster;
  }

  get url(): string {
    return `redis-cluster://${this.servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** Runs a command on one of the servers. */
  async ask({ port }: Redis, command: string, ...args: (string | number)[]): Promise<unknown> {
    return await askRedis(port, command, ...args);
  }

  /** Subscribes to a channel at a master as to one of a single Redis, as an original does. */
  async subscriber(channel: string): Promise<Driver> {
    const { port } = await this.masterOf(0);
    const driver = new Driver(port, '127.0.0.1', { lazyConnect: true, protocol: 2 });
    await driver.connect();
    await driver.subscribe(channel);
    return driver;
  }

  /** The slots of a cluster as one of the servers sees them: each range with the port of its master. */
  async ranges(server = this.servers[0]): Promise<{ first: number; last: number; port: number }[]> {
    if (server === undefined) return [];
    const rows = (await this.ask(server, 'CLUSTER', 'SLOTS')) as [number, number, [string, number, string]][];
    return rows.map(([first, last, [, port]]) => ({ first, last, port }));
  }

  /** The master of a slot, as one of the servers sees it. */
  async masterOf(slot: number, by = this.servers[0]): Promise<Redis> {
    const range = (await this.ranges(by)).find(({ first, last }) => first <= slot && slot <= last);
    return this.#at(range?.port);
  }

  /** The masters, as the first server that answers sees them. */
  async masters(): Promise<Redis[]> {
    for (const server of this.servers) {
      const ranges = await this.ranges(server).catch(() => []);
      if (ranges.length > 0)
        return [...new Set(ranges.map(({ port }) => port))].map((port) => this.#at(port));
    }
    throw new Error('no server answers');
  }

  /** Resolves when another has taken over from a master that does not answer. */
  async succeeded(master: Redis): Promise<void> {
    const others = this.servers.filter((server) => server !== master);
    await until(async () => {
      const seen = await Promise.all(others.map((server) => this.ranges(server).catch(() => [])));
      return seen.every((ranges) => ranges.length > 0 && ranges.every(({ port }) => port !== master.port));
    }, 'another master');
  }

  /** Resolves when a server follows its master. */
  async follows(server: Redis): Promise<void> {
    await until(() => isReplica(server.port), 'the former master to follow');
  }

  /** Slots of the channels that are subscribed to and match a pattern, by their master. */
  async heard(pattern: string): Promise<{ slot: number; master: Redis }[]> {
    const found: { slot: number; master: Redis }[] = [];
    for (const master of await this.masters()) {
      const channels = (await this.ask(master, 'PUBSUB', 'SHARDCHANNELS', pattern)) as string[];
      found.push(...channels.map((channel) => ({ slot: slotOf(channel), master })));
    }
    return found;
  }

  /** Gives a slot to another master, as `redis-cli --cluster reshard` does. */
  async move(slot: number, to: Redis): Promise<void> {
    const from = await this.masterOf(slot, to);
    const [source, target] = [await this.#id(from), await this.#id(to)];
    await this.ask(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
    await this.ask(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
    await this.ask(to, 'CLUSTER', 'SETSLOT', slot, 'NODE', target);
    await this.ask(from, 'CLUSTER', 'SETSLOT', slot, 'NODE', target);
  }

  /** Resolves when these servers agree that another than this one is the master of a slot. */
  async replaced(master: Redis, slot: number): Promise<Redis> {
    const others = this.servers.filter((server) => server !== master);
    await until(async () => {
      const seen = await Promise.all(others.map((server) => this.masterOf(slot, server).catch(() => master)));
      return seen.every((one) => one !== master);
    }, `another master of slot ${slot}`);
    return await this.masterOf(slot, others[0]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #join(masters: number): Promise<void> {
    const share = Math.ceil(SLOTS / masters);
    const [first, ...rest] = this.servers;
    if (first === undefined) return;
    for (const [n, server] of this.servers.slice(0, masters).entries())
      await this.ask(server, 'CLUSTER', 'ADDSLOTSRANGE', n * share, Math.min(SLOTS, (n + 1) * share) - 1);
    for (const [n, server] of this.servers.entries())
      await this.ask(server, 'CLUSTER', 'SET-CONFIG-EPOCH', n + 1);
    for (const { port } of rest) await this.ask(first, 'CLUSTER', 'MEET', '127.0.0.1', port);
    const known = async (server: Redis) =>
      String(await this.ask(server, 'CLUSTER', 'NODES'))
        .trim()
        .split('\n').length === this.servers.length;
    await this.#all(known, 'the servers to know each other');
    for (const [n, server] of this.servers.entries()) {
      const master = this.servers[n % masters];
      if (n < masters || master === undefined) continue;
      await this.ask(server, 'CLUSTER', 'REPLICATE', await this.#id(master));
    }
    await this.#all(async (server) => {
      const info = String(await this.ask(server, 'INFO', 'replication'));
      if (/role:slave/.test(info)) return /master_link_status:up/.test(info);
      return true;
    }, 'the replicas to be in step');
    const ok = async (server: Redis) =>
      /cluster_state:ok/.test(String(await this.ask(server, 'CLUSTER', 'INFO'))) &&
      (await this.ranges(server)).length === masters;
    await this.#all(ok, 'the cluster to serve all slots');
  }

  async #all(done: (server: Redis) => Promise<boolean>, what: string): Promise<void> {
    await until(async () => (await Promise.all(this.servers.map(done))).every(Boolean), what);
  }

  async #id(server: Redis): Promise<string> {
    return String(await this.ask(server, 'CLUSTER', 'MYID'));
  }

  #at(port: number | undefined): Redis {
    const server = this.servers.find((one) => one.port === port);
    if (server === undefined) throw new Error(`there is no server on port ${port}`);
    return server;
  }
}

async function start(args: readonly string[]): Promise<Redis> {
  const own = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${NODE_TIMEOUT}`];
  const quick = ['--repl-diskless-sync-delay', '0', '--cluster-require-full-coverage', 'yes'];
  return await Redis.start({ port: await freeClusterPort(), args: [...own, ...quick, ...args] });
}

/** A port below those of other private services, whose port for the servers among themselves is free too. */
async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 22_000);
    if ((await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}
