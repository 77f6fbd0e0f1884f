import type { Redis } from 'ioredis';

/** How messages pass through a Redis: over channels that it keeps alone, or that belong to one master of a cluster. */
export interface RedisVerbs {
  /** The driver's event of a message. */
  readonly message: 'messageBuffer' | 'smessageBuffer';
  /** Resolves with how many got it. */
  publish(redis: Redis, channel: string, bytes: Buffer): Promise<number>;
  /** Resolves with whether Redis has confirmed each. */
  subscribe(redis: Redis, channels: readonly string[]): Promise<boolean[]>;
  unsubscribe(redis: Redis, channels: readonly string[]): Promise<unknown>;
  /** How many are subscribed to each. */
  count(redis: Redis, channels: readonly string[]): Promise<number[]>;
}

/** As the original does. */
export const PLAIN: RedisVerbs = {
  message: 'messageBuffer',
  publish: (redis, channel, bytes) => redis.publish(channel, bytes),
  subscribe: async (redis, channels) => {
    const all = await isDone(redis.subscribe(...channels));
    return channels.map(() => all);
  },
  unsubscribe: (redis, channels) => redis.unsubscribe(...channels),
  count: async (redis, channels) => counts(channels, await redis.pubsub('NUMSUB', ...channels)),
};

/** Sharded pub/sub: each channel belongs to the master of its slot, and only there it is heard. */
export const SHARDED: RedisVerbs = {
  message: 'smessageBuffer',
  publish: (redis, channel, bytes) => redis.spublish(channel, bytes) as Promise<number>,
  // One command must not name channels of two slots.
  subscribe: (redis, channels) => Promise.all(channels.map((channel) => isDone(redis.ssubscribe(channel)))),
  unsubscribe: (redis, channels) => Promise.all(channels.map((channel) => redis.sunsubscribe(channel))),
  count: async (redis, channels) => counts(channels, await redis.pubsub('SHARDNUMSUB', ...channels)),
};

function isDone(command: Promise<unknown>): Promise<boolean> {
  return command.then(
    () => true,
    () => false,
  );
}

function counts(channels: readonly string[], pairs: readonly unknown[]): number[] {
  return channels.map((_, i) => Number(pairs[2 * i + 1]));
}
