import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.js';
import { until } from './deadline.js';
import { Redis } from './redis.js';
import { askRedis, isReplica } from './redis-ask.js';
import { place, Service } from './service.js';

/** The Sentinels' name for their master. */
const NAME = 'chat';
/** After so many ms of silence a master counts as failed. */
const DOWN_AFTER = 1000;

/** A Redis with a file for its configuration: whether it is a master stands there when it starts again. */
class Server extends Redis {
  static async open(lines: readonly string[]): Promise<Server> {
    const server = new Server(...(await place({})));
    const own = [`port ${server.port}`, 'bind 127.0.0.1', `dir ${server.path}`, 'save ""'];
    writeFileSync(server.#file, `${[...own, 'repl-diskless-sync-delay 0', ...lines].join('\n')}\n`);
    await server.start();
    return server;
  }

  get #file(): string {
    return join(this.path, 'redis.conf');
  }

  protected override async launch(): Promise<Child> {
    const child = new Child('redis-server', [this.#file]);
    await child.logged(/Ready to accept connections/);
    return child;
  }
}

/** One Sentinel, which says who the master is. */
class Sentinel extends Service {
  static async start(master: Redis, quorum: number): Promise<Sentinel> {
    const sentinel = new Sentinel(...(await place({})));
    const lines = [
      ...[`port ${sentinel.port}`, 'bind 127.0.0.1', `dir ${sentinel.path}`],
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} ${quorum}`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
      `sentinel failover-timeout ${NAME} 3000`,
    ];
    writeFileSync(sentinel.#file, `${lines.join('\n')}\n`);
    await sentinel.start();
    return sentinel;
  }

  get #file(): string {
    return join(this.path, 'sentinel.conf');
  }

  protected async launch(): Promise<Child> {
    const child = new Child('redis-server', [this.#file, '--sentinel']);
    await child.logged(/monitor master/);
    return child;
  }
}

/** A private master with replicas, and three Sentinels that watch them, on 127.0.0.1. */
export class RedisSentinels {
  readonly servers: readonly Redis[];
  readonly sentinels: readonly Sentinel[];

  private constructor(servers: readonly Redis[], sentinels: readonly Sentinel[]) {
    this.servers = servers;
    this.sentinels = sentinels;
  }

  /** Starts all. Resolves when the Sentinels know each other and the replicas. `lines` are each server's configuration. */
  static async start({
    replicas = 1,
    lines = [],
  }: {
    replicas?: number;
    lines?: string[];
  } = {}): Promise<RedisSentinels> {
    const master = await Server.open(lines);
    const servers: Redis[] = [master];
    while (servers.length <= replicas)
      servers.push(await Server.open([...lines, `replicaof 127.0.0.1 ${master.port}`]));
    const sentinels = await Promise.all([1, 2, 3].map(() => Sentinel.start(master, 2)));
    const site = new RedisSentinels(servers, sentinels);
    await until(
      async () => (await site.#views()).every((view) => view.endsWith(`:${replicas}:2`)),
      'Sentinels',
    );
    return site;
  }

  get url(): string {
    return `redis-sentinel://${this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`;
  }

  /** The master, as most Sentinels see it. */
  async master(): Promise<Redis> {
    const ports = (await this.#views()).map((view) => view.split(':')[0]).sort();
    const port = Number(ports[1]);
    const master = this.servers.find((server) => server.port === port);
    if (master === undefined) throw new Error(`there is no server on port ${port}`);
    return master;
  }

  /** Resolves when all Sentinels agree that another than this one is the master. */
  async replaced(master: Redis): Promise<Redis> {
    await until(
      async () => (await this.#views()).every((view) => !view.startsWith(`${master.port}:`)),
      'another master',
    );
    return await this.master();
  }

  /** Has the Sentinels make a replica the master, without a failure, as soon as they know one that is in step. */
  async failOver(): Promise<void> {
    const ask = () => askRedis(this.sentinels[0]?.port ?? 0, 'SENTINEL', 'FAILOVER', NAME);
    const isDone = async () => (await ask().catch(() => undefined)) === 'OK';
    await until(isDone, 'the Sentinels to agree to it');
  }

  /** Lets nobody ask the Sentinels but a user `chat` with the password `pw` and these rights. */
  async secure(rights: readonly string[]): Promise<void> {
    for (const { port } of this.sentinels) {
      await askRedis(port, 'ACL', 'SETUSER', 'chat', 'on', '>pw', ...rights);
      await askRedis(port, 'ACL', 'SETUSER', 'default', 'resetpass', 'nocommands', '+ping');
    }
  }

  async masters(): Promise<Redis[]> {
    return [await this.master()];
  }

  /** Resolves when another has taken over from a master that does not answer. */
  async succeeded(master: Redis): Promise<void> {
    await this.replaced(master);
  }

  /** Resolves when a server follows the master. */
  async follows(server: Redis): Promise<void> {
    await until(() => isReplica(server.port), 'the former master to follow');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((service) => service.stop()));
  }

  /** The view of each Sentinel: the port of the master, the number of replicas and of other Sentinels. */
  async #views(): Promise<string[]> {
    const view = async ({ port }: Sentinel) => {
      const list = (await askRedis(port, 'SENTINEL', 'MASTER', NAME)) as string[];
      const of = (key: string) => list[list.indexOf(key) + 1];
      return `${of('port')}:${of('num-slaves')}:${of('num-other-sentinels')}`;
    };
    return await Promise.all(this.sentinels.map(view));
  }
}
