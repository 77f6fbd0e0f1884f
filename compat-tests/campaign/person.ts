import type { Random } from '../fuzz/random.js';
import type { Ledger } from './ledger.js';
import type { CampaignNode } from './node.js';

/** What all who take part share. */
export interface Scene {
  readonly nodes: readonly CampaignNode[];
  readonly ledger: Ledger;
  /** The members of each group who count. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
  readonly receivers: readonly number[];
}

/** A port of a node that is up. */
export function anyPort({ nodes }: Scene, random: Random): number | undefined {
  return random.pick(nodes.filter(({ isUp }) => isUp))?.port;
}
