import { setTimeout as delay } from 'node:timers/promises';
import { RedisCluster } from '../harness/redis-cluster.js';
import { RedisSentinels } from '../harness/redis-sentinels.js';
import { between, type Fault, type World } from './fault.js';

const NODES = { modes: ['nodes'], redis: ['cluster', 'sentinel'] } as const;

/** Faults of a master where others can take its place. */
export const MASTER_FAULTS: Readonly<Record<string, Fault>> = {
  'master-kill': {
    ...NODES,
    run: async ({ site: { masters }, random }) => {
      const master = random.pick((await masters?.masters()) ?? []);
      if (masters === undefined || master === undefined) return;
      await master.kill();
      await masters.succeeded(master);
      await delay(between(random, 0, 3000));
      await master.start();
      await masters.follows(master);
    },
  },
  // It is back before another has taken over, perhaps.
  'master-restart': {
    ...NODES,
    run: async ({ site: { masters }, random }) => {
      const master = random.pick((await masters?.masters()) ?? []);
      await master?.kill();
      await delay(between(random, 0, 1500));
      await master?.start();
      await delay(1500);
    },
  },
  // Long enough for another to take over, perhaps: then it is no master any more when it goes on.
  'master-freeze': {
    ...NODES,
    run: async ({ site: { masters }, random }) => {
      const master = random.pick((await masters?.masters()) ?? []);
      master?.freeze();
      await delay(between(random, 500, 8000));
      master?.thaw();
      await delay(1500);
    },
  },
  'master-hand-over': { modes: ['nodes'], redis: ['sentinel'], run: handOver },
  'slots-move': {
    modes: ['nodes'],
    redis: ['cluster'],
    run: ({ site, random }) => moveSlots(site, random, '*'),
  },
  'slots-of-nodes': {
    modes: ['nodes'],
    redis: ['cluster'],
    run: ({ site, random }) => moveSlots(site, random, 'chat-server:*'),
  },
};

async function handOver({ site: { masters } }: World): Promise<void> {
  if (!(masters instanceof RedisSentinels)) return;
  const master = await masters.master();
  await masters.failOver();
  await masters.succeeded(master);
  await masters.follows(master);
}

/** Moves slots of some channels that match, one by one, to other masters. */
async function moveSlots(
  { masters }: World['site'],
  random: World['random'],
  pattern: string,
): Promise<void> {
  if (!(masters instanceof RedisCluster)) return;
  const [all, heard] = [await masters.masters(), await masters.heard(pattern)];
  for (const { slot, master } of random.shuffle(heard).slice(0, 6)) {
    const other = random.pick(all.filter((one) => one !== master));
    if (other === undefined) continue;
    // Another channel of the same slot may have moved it already.
    await masters.move(slot, other).catch(() => undefined);
    await delay(between(random, 0, 300));
  }
}
