import type { RedisShard } from '../bus/redis/shard.js';
import type { RedisShards } from '../bus/redis/shards.js';
import { openShards } from './redis.js';

/** How many channels are asked about at once. */
const BATCH = 1000;
/** A user's channel is its id. Nobody has the highest one: nodes try their rights on it. */
const USER = /^[1-9]\d{0,9}$/;
const NOBODY = 2 ** 31 - 1;

/** The channels of a Redis and their subscribers. */
export class Channels {
  private readonly shards: RedisShards;
  private readonly isCluster: boolean;

  private constructor(shards: RedisShards, isCluster: boolean) {
    this.shards = shards;
    this.isCluster = isCluster;
  }

  /** Undefined when there is no such Redis to be asked. */
  static async open(url: string): Promise<Channels | undefined> {
    try {
      const { shards, isCluster } = await openShards(url);
      return new Channels(shards, isCluster);
    } catch {
      return undefined;
    }
  }

  /** Those of the users whose channel somebody is subscribed to. Rejects when Redis goes away. */
  async heard(ids: readonly number[]): Promise<Set<number>> {
    const heard = new Set<number>();
    for (let i = 0; i < ids.length; i += BATCH) {
      const some = ids.slice(i, i + BATCH);
      const counts = await this.shards.count(some);
      for (const [n, id] of some.entries()) if ((counts[n] ?? 0) > 0) heard.add(id);
    }
    return heard;
  }

  /** All users whose channel somebody is subscribed to; undefined when that may not be asked. */
  async users(): Promise<number[] | undefined> {
    try {
      const names = await Promise.all(this.shards.all.map((shard) => this.channelsOf(shard)));
      return names
        .flat()
        .filter((name) => USER.test(name) && Number(name) < NOBODY)
        .map(Number);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOPERM')) return undefined;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.shards.close();
  }

  private async channelsOf(shard: RedisShard): Promise<string[]> {
    const reply = await shard.ask('PUBSUB', this.isCluster ? 'SHARDCHANNELS' : 'CHANNELS', '[0-9]*');
    return Array.isArray(reply) ? reply.map(String) : [];
  }
}
