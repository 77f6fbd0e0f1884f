import type { RedisShard } from './shard.js';

/**
 * Whether an original server is on a Redis Cluster: it subscribes to its users' channels as on a single Redis, and knows
 * no other way. It does not hear the sharded channels of nodes of ours, and they do not hear its channels.
 *
 * @returns where it is, in one line; undefined when there is none, or nobody can say
 */
export async function findOriginal(shards: readonly RedisShard[]): Promise<string | undefined> {
  const found = await Promise.all(shards.map((shard) => channelsOf(shard)));
  const at = found.findIndex((channels) => channels.length > 0);
  const url = shards[at]?.url;
  if (url === undefined) return undefined;
  return `an original server listens at ${new URL(url).host}, and cannot be on a Redis Cluster: stop it, or use a single Redis`;
}

async function channelsOf(shard: RedisShard): Promise<readonly unknown[]> {
  const reply = await shard.ask('PUBSUB', 'CHANNELS', '[0-9]*').catch(() => []);
  return Array.isArray(reply) ? reply : [];
}
