import t from 'tap';
import { Redis } from '../../../compat-tests/harness/redis.js';
import { openTopology } from './open.js';
import { RedisShards } from './shards.js';

/** So many channels are subscribed to, and so often it is looked what has changed. */
const CHANNELS = 50_000;
const LOOKS = 2000;
/** Channels that are subscribed to together. */
const TOGETHER = 1000;
/** The processor time that all looks may take, in ms; 3,400 with a walk through all channels in each. */
const MOST = 600;

/** The processor time that this process has used, in ms. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

t.test(
  'a look at what is to be asked again, or is at another master, does not go through all channels',
  async (t) => {
    const redis = await Redis.start();
    t.teardown(() => redis.stop());
    const ignore = () => {};
    const events = { arrived: ignore, lost: ignore, cut: ignore, moved: ignore, rehomed: ignore };
    const shards = new RedisShards(openTopology(redis.url), events);
    t.teardown(() => shards.close());
    await shards.open();
    const channels = Array.from({ length: CHANNELS }, (_, id) => id);
    for (let from = 0; from < CHANNELS; from += TOGETHER)
      await Promise.all(channels.slice(from, from + TOGETHER).map((channel) => shards.subscribe(channel)));
    // On a busy machine an answer may come too late.
    for (; !shards.isWhole(channels); await shards.areThere()) for (const shard of shards.all) shard.tidy();

    const begun = cpu();
    for (let n = 0; n < LOOKS; n++) {
      for (const shard of shards.all) shard.tidy();
      await shards.refresh();
    }
    const used = cpu() - begun;
    t.ok(used < MOST, `${LOOKS} looks took ${Math.round(used)} ms`);
    t.same(await shards.count([1, CHANNELS - 1, CHANNELS]), [1, 1, 0]);
  },
);
