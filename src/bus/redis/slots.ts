import slotOf from 'cluster-key-slot';
import { answersOf } from './answers.js';
import { open, redisConnection } from './connection.js';
import { mustBeClusterMaster, mustBeInCluster } from './kind.js';
import type { RedisShard } from './shard.js';
import type { Channel } from './subscriptions.js';
import { ANSWER } from './times.js';
import type { Owners, RedisTopology } from './topology.js';
import { hostAndPort, type RedisPlace } from './url.js';
import { SHARDED } from './verbs.js';

const SLOTS = 16_384;

/** Asks one server of a cluster. */
type Ask = (command: string, ...args: string[]) => Promise<unknown>;

/** The cluster as one of its servers sees it. */
interface View {
  readonly owners: Owners;
  /** Addresses of all servers, replicas too. */
  readonly servers: readonly string[];
  /** The last election or move of slots that it knows of. */
  readonly epoch: number;
}

/** Each channel belongs to the master of its slot; who that is the servers of a Redis Cluster tell. */
export class RedisSlots implements RedisTopology {
  readonly kind = { verbs: SHARDED, judge: mustBeClusterMaster };
  readonly isCluster = true;
  private readonly place: RedisPlace;
  /** These are asked when no master is connected to. */
  private servers: readonly string[];

  constructor(place: RedisPlace) {
    this.place = place;
    this.servers = place.hosts;
  }

  /** The masters may disagree for a moment: the one that knows of the last change is right. */
  async read(shards: readonly RedisShard[]): Promise<Owners> {
    const views = await answersOf(shards.map((shard) => this.view(withTimeout(shard), shard.url))).catch(
      () => [],
    );
    const [newest] = views.sort((a, b) => b.epoch - a.epoch);
    const view = newest !== undefined && isSure(newest) ? newest : await this.askAnybody(newest);
    this.servers = [...new Set([...view.servers, ...this.place.hosts])];
    return view.owners;
  }

  close(): void {}

  /** The first who is sure; if nobody is, the last one, or `best`. Rejects when nobody answers. */
  private async askAnybody(best: View | undefined): Promise<View> {
    let [view, reason] = [best, ''];
    for (const host of this.servers) {
      try {
        view = await this.askServer(host);
        if (isSure(view)) break;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    if (view === undefined) throw new Error(reason);
    return view;
  }

  private async askServer(host: string): Promise<View> {
    const url = this.place.urlOf(host);
    const redis = redisConnection(url, { socketTimeout: ANSWER, commandTimeout: ANSWER }, mustBeInCluster);
    try {
      await open(redis);
      return await this.view((command, ...args) => redis.call(command, ...args), url);
    } finally {
      redis.disconnect();
    }
  }

  private async view(ask: Ask, url: string): Promise<View> {
    const [info, rows] = await Promise.all([ask('CLUSTER', 'INFO'), ask('CLUSTER', 'SLOTS')]);
    const text = String(info);
    const epoch = Number(/cluster_current_epoch:(\d+)/.exec(text)?.[1] ?? 0);
    // One that is cut off from the others believes in what is over.
    return { ...this.mapOf(rows, url), epoch: /cluster_state:ok/.test(text) ? epoch : -1 };
  }

  private mapOf(rows: unknown, url: string): Pick<View, 'owners' | 'servers'> {
    const urls: (string | undefined)[] = new Array(SLOTS).fill(undefined);
    const servers: string[] = [];
    for (const [first, last, ...there] of Array.isArray(rows) ? (rows as Row[]) : []) {
      const hosts = there.map(([host, port]) => hostAndPort(host || hostOf(url), port));
      servers.push(...hosts);
      const [master] = hosts;
      if (master !== undefined) urls.fill(this.place.urlOf(master), first, last + 1);
    }
    const named = urls.filter((one) => one !== undefined);
    const owners = {
      urls: new Set(named),
      of: (channel: Channel) => urls[slotOf(`${channel}`)],
      isWhole: named.length === SLOTS,
      slots: urls,
    };
    return { owners, servers };
  }
}

/** Slots from the first to the last, and who has them: the master, then its replicas. */
type Row = [first: number, last: number, ...servers: [host: string | null, port: number][]];

function isSure({ epoch }: View): boolean {
  return epoch >= 0;
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function withTimeout(shard: RedisShard): Ask {
  return async (command, ...args) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer')), ANSWER);
    });
    try {
      return await Promise.race([shard.ask(command, ...args), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
