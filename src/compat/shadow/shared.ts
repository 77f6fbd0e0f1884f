import type { Dialect } from '../../protocol/dialect.js';
import type { Mapping } from '../record/mapping.js';
import type { Place } from '../replay/party.js';
import type { Budget } from './budget.js';
import type { Kinds } from './kinds.js';
import type { Order } from './order.js';
import type { Unpacking } from './stored.js';
import type { Titles } from './titles.js';

/** Why a client is not compared any more. */
export const STOP_REASONS = ['full', 'gone', 'silent', 'ended', 'long', 'many', 'fault'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** The counts of all clients. */
export interface Counts {
  clients: number;
  requests: number;
  /** Reads of clients that have left for the second server. */
  left: number;
  compared: number;
  same: number;
  /** Differences that come of a client that is not compared any more: the second server has not had all that it did. */
  ignored: number;
}

/** The parts that all clients have in common. */
export interface Shared {
  readonly dialect: Dialect;
  /** The second server. */
  readonly place: Required<Place>;
  /** Ids of the first server, and those of the second one that stand for them. */
  readonly mapping: Mapping;
  readonly titles: Titles;
  readonly unpacking: Unpacking;
  readonly order: Order;
  readonly budget: Budget;
  readonly kinds: Kinds;
  readonly counts: Counts;
  /** New ids of the first server, whose counterparts the second one has not told yet. */
  readonly unmapped: Set<number>;
  /** Users of clients that are not compared any more, as the second server knows them. */
  readonly apart: Apart;
  /** The last messages that somebody has sent who is not logged in as their sender. */
  readonly forged: Recent;
  /** Nothing new is compared; what waits still is. */
  readonly isEnding: boolean;
  /** A client is not compared any more; it has left unless there is a reason. */
  over(connection: number, reason: StopReason | undefined): void;
  /** A mistake of the tool's own. */
  failed(error: unknown): void;
}

/** The most users that are remembered. */
const MOST_USERS = 100_000;

/** Users whose clients are not compared any more. Of more than are remembered, all users are. */
export class Apart {
  readonly #users = new Set<number>();

  add(users: Iterable<number>): void {
    for (const user of users) if (this.#users.size <= MOST_USERS) this.#users.add(user);
  }

  has(user: number | undefined): boolean {
    return this.#users.size > MOST_USERS || (user !== undefined && this.#users.has(user));
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#users.size === 0;
  }
}

/** How many texts are remembered, and how long they are at most. */
const [MOST, LONGEST] = [500, 4096];

/** The last texts of a kind. */
export class Recent {
  readonly #texts = new Set<string>();

  add(text: string): void {
    if (text.length > LONGEST) return;
    this.#texts.delete(text);
    this.#texts.add(text);
    const [oldest] = this.#texts;
    if (this.#texts.size > MOST && oldest !== undefined) this.#texts.delete(oldest);
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }
}
