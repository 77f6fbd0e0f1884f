import type { Redis } from 'ioredis';
import { answersOf } from './answers.js';
import { reasonOf, redisConnection } from './connection.js';
import { mustBeAlone, mustBeSentinel } from './kind.js';
import { ANSWER } from './times.js';
import { type Owners, oneOwner, type RedisTopology } from './topology.js';
import { hostAndPort, type RedisPlace } from './url.js';
import { PLAIN } from './verbs.js';

/** The master that a Sentinel names, and the election in which that one won. */
interface Vote {
  readonly host: string;
  readonly epoch: number;
}

/** One master, which Sentinels name: the one that they have elected last. */
export class RedisSentinels implements RedisTopology {
  readonly kind = { verbs: PLAIN, judge: mustBeAlone };
  readonly isCluster = false;
  private readonly place: RedisPlace;
  private readonly sentinels: readonly Redis[];

  constructor(place: RedisPlace) {
    this.place = place;
    const limits = { socketTimeout: ANSWER, commandTimeout: ANSWER };
    this.sentinels = place.hosts.map((host) =>
      redisConnection(place.sentinelUrlOf(host), limits, mustBeSentinel),
    );
  }

  async read(): Promise<Owners> {
    const asked = this.sentinels.map((sentinel) => this.ask(sentinel));
    const votes = await answersOf(asked).catch((error: Error) => {
      const { hosts } = this.place;
      throw new Error(
        `none of the Sentinels at ${hosts.join(',')} says where the master is: ${error.message}`,
      );
    });
    const [last] = votes.sort((a, b) => b.epoch - a.epoch);
    if (last === undefined) throw new Error('no Sentinel says where the master is');
    return oneOwner(this.place.urlOf(last.host));
  }

  close(): void {
    for (const sentinel of this.sentinels) sentinel.disconnect();
  }

  private async ask(sentinel: Redis): Promise<Vote> {
    await connected(sentinel);
    const reply = await sentinel.call('SENTINEL', 'MASTER', this.place.name).catch((error: Error) => {
      if (!/No such master/.test(error.message)) throw error;
      throw new Error(`it knows none called ${this.place.name}`);
    });
    const { ip, port, 'config-epoch': epoch } = pairs(reply);
    if (ip === undefined || port === undefined) throw new Error('it does not answer');
    return { host: hostAndPort(ip, Number(port)), epoch: Number(epoch) };
  }
}

/** Resolves once it is open. Rejects when the next try fails; more are made. */
async function connected(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error) => {
      redis.off('ready', settle).off('error', failed).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const failed = (error: Error) => settle(new Error(reasonOf(error)));
    const closed = () => settle(new Error('the connection was closed'));
    redis.once('ready', settle).once('error', failed).once('close', closed);
    if (redis.status === 'wait') redis.connect().catch(() => undefined);
  });
}

function pairs(reply: unknown): Partial<Record<string, string>> {
  const list = Array.isArray(reply) ? reply.map(String) : [];
  const entries: [string, string][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) entries.push([list[i] ?? '', list[i + 1] ?? '']);
  return Object.fromEntries(entries);
}
