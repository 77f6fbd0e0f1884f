import { setTimeout as delay } from 'node:timers/promises';
import { freeze } from '../harness/freeze.js';
import { ANYWHERE, between, type Fault, type World } from './fault.js';

/** Faults of the processes of a server. */
export const PROCESS_FAULTS: Readonly<Record<string, Fault>> = {
  kill: {
    modes: ANYWHERE,
    run: async (world) => {
      await world.node.kill();
      await back(world, 3000);
    },
  },
  // Once more, right after it has started.
  'kill-twice': {
    modes: ANYWHERE,
    run: async (world) => {
      await world.node.kill();
      await back(world, 300);
      await delay(between(world.random, 0, 1000));
      await world.node.kill();
      await back(world, 300);
    },
  },
  terminate: {
    modes: ANYWHERE,
    run: async (world) => {
      await world.node.terminate();
      await back(world, 3000);
    },
  },
  freeze: {
    modes: ANYWHERE,
    run: async ({ node, random }) => {
      node.freeze();
      await delay(between(random, 500, 15_000));
      node.thaw();
    },
  },
  // Longer than anything may be kept for.
  'freeze-kill': {
    modes: ANYWHERE,
    run: async (world) => {
      world.node.freeze();
      await delay(between(world.random, 5000, 40_000));
      await world.node.kill();
      await back(world, 1000);
    },
  },
  'kill-original': {
    modes: ['nodes'],
    needsOriginal: true,
    run: async ({ site, random }) => {
      const original = random.pick(site.originals);
      await original?.kill();
      await delay(between(random, 0, 5000));
      await original?.start();
    },
  },
  'kill-worker': {
    modes: ['workers'],
    run: async (world) => {
      const worker = world.random.pick(world.node.workers);
      if (worker !== undefined) process.kill(worker, 'SIGKILL');
      await delay(1000);
    },
  },
  'freeze-worker': { modes: ['workers'], run: (world) => freezeWorker(world, 'SIGCONT') },
  'freeze-kill-worker': { modes: ['workers'], run: (world) => freezeWorker(world, 'SIGKILL') },
};

async function back({ node, random }: World, within: number): Promise<void> {
  await delay(between(random, 0, within));
  await node.start();
}

async function freezeWorker(world: World, then: NodeJS.Signals): Promise<void> {
  const worker = world.random.pick(world.node.workers);
  if (worker !== undefined) freeze(worker);
  await delay(between(world.random, 500, 15_000));
  if (worker !== undefined) process.kill(worker, then);
  await delay(1000);
}
