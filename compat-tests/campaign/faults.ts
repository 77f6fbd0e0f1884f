import { setTimeout as delay } from 'node:timers/promises';
import { DATABASE_FAULTS } from './database-faults.js';
import { ANYWHERE, between, type Fault, type World } from './fault.js';
import type { Link } from './link.js';
import { MASTER_FAULTS } from './master-faults.js';
import { PROCESS_FAULTS } from './process-faults.js';

/** A way that is cut for a while, as `how` says. */
function cut(which: 'redis' | 'database', how: (link: Link) => void, least: number, most: number): Fault {
  return {
    modes: which === 'redis' ? ['nodes'] : ['nodes', 'workers'],
    ...(which === 'redis' && { redis: ['alone'] }),
    run: async ({ node, random }) => {
      const link = node.links[which];
      if (link === undefined) return;
      how(link);
      await delay(between(random, least, most));
      link.heal();
    },
  };
}

/** The other end gives its connections up too: whoever counts them takes this one for dead. */
function bury(link: Link): void {
  link.drop();
  link.bury();
}

/** Every fault by its name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  none: { modes: ANYWHERE, run: () => delay(3000) },
  ...PROCESS_FAULTS,
  ...DATABASE_FAULTS,
  ...MASTER_FAULTS,
  'redis-stall': cut('redis', (link) => link.stall(), 500, 8000),
  'redis-drop': cut('redis', (link) => link.drop(), 2000, 20_000),
  'redis-bury': cut('redis', bury, 2000, 15_000),
  'redis-reset': cut('redis', (link) => link.reset(), 500, 1000),
  'database-slow': {
    modes: ['nodes', 'workers'],
    run: async ({ node, random }) => {
      const { database } = node.links;
      if (database === undefined) return;
      database.latency = between(random, 1, 50);
      await delay(between(random, 2000, 6000));
      database.latency = 0;
    },
  },
  'database-stall': cut('database', (link) => link.stall(), 500, 8000),
  'database-drop': cut('database', (link) => link.drop(), 2000, 15_000),
  'database-reset': cut('database', (link) => link.reset(), 500, 1000),
  'redis-restart': {
    modes: ['nodes'],
    redis: ['alone'],
    run: async ({ site, random }) => {
      await site.redis?.kill();
      await delay(between(random, 100, 5000));
      await site.redis?.start();
    },
  },
  'redis-pause': {
    modes: ['nodes'],
    redis: ['alone'],
    run: async ({ site, random }) => {
      site.redis?.freeze();
      await delay(between(random, 500, 5000));
      site.redis?.thaw();
    },
  },
  'slow-readers': { modes: ANYWHERE, run: (world) => slow(world, 3000, 15_000) },
};

/** Half of those who read stop doing so. */
async function slow({ crowd, random }: World, least: number, most: number): Promise<void> {
  const some = random.shuffle(crowd.receivers).slice(0, crowd.receivers.length / 2);
  for (const receiver of some) receiver.freeze();
  await delay(between(random, least, most));
  for (const receiver of some) receiver.resume();
}
