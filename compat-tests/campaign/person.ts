import type { Random } from '../fuzz/random.js';
import type { Ledger } from './ledger.js';
import { Line, type OnMark } from './line.js';
import type { CampaignNode } from './node.js';
import { Page } from './page.js';
import type { Way } from './way.js';

/** Where a user can log in. */
export interface Place {
  readonly isUp: boolean;
  readonly port: number;
  /** Where it serves the page for browsers. */
  readonly web?: number | undefined;
}

/** All users of a campaign share this. */
export interface Scene {
  readonly nodes: readonly CampaignNode[];
  readonly originals: readonly Place[];
  readonly ledger: Ledger;
  /** The members of each group who count. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
  /** The users who read, with the guests. */
  readonly receivers: readonly number[];
  /** Those of them who also log in at originals. */
  readonly guests: ReadonlySet<number>;
  /** Those who come as the page for browsers does: who reads, and who writes. */
  readonly pages: ReadonlySet<number>;
  /** Users of ChatClient who read messages with numbers. */
  readonly numbered: readonly number[];
}

/** How console clients end their documents (DIFFERENCES 1); the original's do it with NUL. */
const ENDS = ['\0', '\0', '\0', '\n', ''];

/** How a user connects somewhere, again and again. Resolves with undefined when that does not work now. */
export type Comes = () => Promise<Way | undefined>;

/** The user's own way: by the page for browsers, or as a console client, a guest at originals as well. */
export function comes(id: number, scene: Scene, random: Random, onMark: OnMark): Comes {
  const { nodes, originals, guests, pages } = scene;
  const page = pages.has(id) ? new Page(onMark, pages) : undefined;
  const places = guests.has(id) ? [...nodes, ...originals] : nodes;
  const end = random.pick(ENDS);
  return async () => {
    const { port, web } = random.pick(places.filter((place) => isOpen(place, page !== undefined))) ?? {};
    if (port === undefined) return undefined;
    const way: Promise<Way> =
      page !== undefined && web !== undefined ? page.open(web) : Line.open(port, onMark, end);
    return await way.catch(() => undefined);
  };
}

function isOpen({ isUp, web }: Place, toPages: boolean): boolean {
  return isUp && (!toPages || web !== undefined);
}
