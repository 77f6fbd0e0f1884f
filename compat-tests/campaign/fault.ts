import type { Random } from '../fuzz/random.js';
import type { Crowd } from './crowd.js';
import type { CampaignNode } from './node.js';
import type { Joined, Mode } from './options.js';
import type { CampaignSite } from './site.js';

/** A fault can break these parts, and draws from these dice. */
export interface World {
  readonly site: CampaignSite;
  readonly crowd: Crowd;
  readonly random: Random;
  /** The node that it happens to. */
  readonly node: CampaignNode;
}

/** Something that goes wrong. */
export interface Fault {
  /** Where it can happen. */
  readonly modes: readonly Mode[];
  /** The fault happens only where one of these joins the nodes; anywhere unless given. */
  readonly redis?: readonly Joined[];
  /** It happens to originals: there must be some. */
  readonly needsOriginal?: true;
  /** Does it, waits, and makes it good again. */
  run(world: World): Promise<void>;
}

export const ANYWHERE: readonly Mode[] = ['nodes', 'workers', 'embedded'];
export const ON_MARIADB: readonly Mode[] = ['nodes', 'workers'];

/** A time between two, in ms. */
export function between(random: Random, least: number, most: number): number {
  return least + random.int(most - least);
}
