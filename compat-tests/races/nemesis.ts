import type { Store } from '../../src/store/store.js';
import type { Node, World } from './world.js';

/** Something that goes wrong for a while, and what it allows. */
interface Fault {
  /** Whether messages may come twice. */
  readonly twice?: true;
  run(world: World, node: Node, turns: number): Promise<void>;
}

/** `strike` may kill this node: nobody writes there. */
const VICTIM = 1;

async function turns(world: World, label: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await world.step(label);
}

/** Holds something up for so many turns. */
async function held(world: World, label: string, count: number, hold: (until: Promise<void>) => void) {
  const until = turns(world, label, count);
  hold(until);
  await until;
}

async function away(world: World, count: number, names: readonly (keyof Store)[]): Promise<void> {
  for (const name of names) world.shared.away.add(name);
  await turns(world, 'the database is away', count);
  for (const name of names) world.shared.away.delete(name);
}

/** Everything that can go wrong. */
export const FAULTS = {
  'no database': {
    // Stored messages that a user got cannot be deleted; a user who then leaves, and is back first, gets them again.
    twice: true,
    run: (world, _, count) => away(world, count, Object.keys(world.shared.store) as (keyof Store)[]),
  },
  'a full database': { run: (world, _, count) => away(world, count, ['storeMessages']) },
  'nothing can be deleted': { run: (world, _, count) => away(world, count, ['removeMessages']) },
  'a locked row': {
    run: async (world, _, count) => {
      await held(world, 'a row is locked', count, (until) => world.shared.stuck.set(3, until));
      world.shared.stuck.delete(3);
    },
  },
  'a slow reader': {
    run: (world, node, count) =>
      held(world, 'nobody reads', count, (until) => {
        for (const client of node.clients) client.pause = until;
      }),
  },
  'a frozen node': {
    run: (world, { access }, count) =>
      held(world, 'a node is frozen', count, (until) => {
        access.awake = until;
      }),
  },
  'a node without bus': {
    twice: true,
    run: async (world, { medium }, count) => {
      await medium.cut();
      await turns(world, 'a node has no bus', count);
      await medium.heal();
    },
  },
  'a dead node': {
    twice: true,
    run: async (world) => {
      const { access, medium, clients } = world.nodes[VICTIM]!;
      access.isDead = true;
      await medium.cut();
      for (const client of clients) client.reset();
      await medium.close();
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** Whether messages may come twice after this. */
export function allowsTwice(name: FaultName): boolean {
  return 'twice' in FAULTS[name];
}
