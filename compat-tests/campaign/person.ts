import type { Random } from '../fuzz/random.js';
import type { Ledger } from './ledger.js';
import type { CampaignNode } from './node.js';

/** Where a user can log in. */
export interface Place {
  readonly isUp: boolean;
  readonly port: number;
}

/** What all who take part share. */
export interface Scene {
  readonly nodes: readonly CampaignNode[];
  readonly originals: readonly Place[];
  readonly ledger: Ledger;
  /** The members of each group who count. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
  /** Who reads, with the guests. */
  readonly receivers: readonly number[];
  /** Those of them who also log in at originals. */
  readonly guests: ReadonlySet<number>;
}

/** A port of a place that is up. */
export function anyPort(places: readonly Place[], random: Random): number | undefined {
  return random.pick(places.filter(({ isUp }) => isUp))?.port;
}
