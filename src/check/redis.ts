import { redisUrl } from '../backends.js';
import { openTopology } from '../bus/redis/open.js';
import { findOriginal } from '../bus/redis/originals.js';
import { RightsMissing } from '../bus/redis/rights.js';
import type { RedisShard } from '../bus/redis/shard.js';
import { RedisShards } from '../bus/redis/shards.js';
import { shellWord } from '../text/shell.js';
import { broken, type Check, type Finding, fine, warning } from './finding.js';

const ABOUT = 'Redis';
/** The oldest that is tested with, by its first number. */
const OLDEST = 6;

/** Whether Redis can be used, all masters of it: it answers, lets us in, and allows the commands that are needed. */
export const checkRedis: Check = async ({ settings }) => {
  const url = redisUrl(settings);
  if (url === undefined) return [];
  try {
    return await onRedis(url, async (shards, isCluster) => {
      const original = isCluster ? await findOriginal(shards.all) : undefined;
      const found = original === undefined ? [] : [broken(ABOUT, original, 'stop it, or use a single Redis')];
      return [...(await Promise.all(shards.all.map(version))), ...found];
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof RightsMissing) {
      const words = ['redis-cli', '-h', error.host, '-p', `${error.port}`, ...error.command];
      const command = words.map(shellWord).join(' ');
      return [broken(ABOUT, text.replace(/; set there: .*/, ''), command)];
    }
    return [broken(ABOUT, text, 'see to the server, and to user and password in the URL')];
  }
};

/** Runs `work` on connections to all masters. Rejects with one line when one of them cannot be used. */
export async function onRedis<T>(
  url: string,
  work: (shards: RedisShards, isCluster: boolean) => Promise<T>,
): Promise<T> {
  const { shards, isCluster } = await openShards(url);
  try {
    return await work(shards, isCluster);
  } finally {
    await shards.close();
  }
}

/** Connects to all masters; they are to be closed. Rejects with one line when one of them cannot be used. */
export async function openShards(url: string): Promise<{ shards: RedisShards; isCluster: boolean }> {
  const ignore = () => undefined;
  const topology = openTopology(url);
  const shards = new RedisShards(topology, {
    arrived: ignore,
    lost: ignore,
    cut: ignore,
    moved: ignore,
    rehomed: ignore,
  });
  try {
    await shards.open();
    return { shards, isCluster: topology.isCluster };
  } catch (error) {
    await shards.close();
    throw error;
  }
}

async function version(shard: RedisShard): Promise<Finding> {
  const where = new URL(shard.url).host;
  const info = String(await shard.ask('INFO', 'server').catch(() => ''));
  const found = /redis_version:(\S+)/.exec(info)?.[1];
  if (found === undefined) return fine(ABOUT, `${where} allows all that is needed`);
  const text = `${where}: ${found}, allows all that is needed`;
  return Number.parseInt(found, 10) < OLDEST
    ? warning(ABOUT, text, `it is older than ${OLDEST}, the oldest that is tested`)
    : fine(ABOUT, text);
}
