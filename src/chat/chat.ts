import type { Bus } from '../bus/bus.js';
import type { Delivery } from '../delivery/delivery.js';
import type { Presence } from '../delivery/presence.js';
import type { Spool } from '../delivery/spool.js';
import type { Trace } from '../delivery/trace.js';
import type { Writer } from '../delivery/writer.js';
import type { History } from '../history/history.js';
import type { Budget } from '../net/budget.js';
import type { Drops } from '../ops/drops.js';
import type { Log } from '../ops/log.js';
import type { Metrics } from '../ops/metrics.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Store } from '../store/store.js';
import type { Attempts } from './attempts.js';
import type { Bans } from './bans.js';
import type { Changes } from './changes.js';
import type { Hints } from './hints.js';
import type { Holdings, Hourly } from './holdings.js';
import type { FriendWatch } from './more/friend-watch.js';
import type { Heartbeats } from './more/heartbeats.js';
import type { Numbers } from './more/numbers.js';
import type { Program } from './program.js';
import type { Shortener } from './shortener.js';
import type { Suspicion } from './suspicion.js';

export interface ChatOptions {
  /** How often clients that send heartbeats are to send one, in seconds; 0: they may stop. */
  readonly heartbeat: number;
  /** Believe every `id`, as the original does (DIFFERENCES 3). */
  readonly trustClientIds: boolean;
  /** A user is asked before somebody becomes its friend. */
  readonly friendRequests: boolean;
  /** How long a sender may take its message back, in seconds; 0: never. */
  readonly recall: number;
  /** How long the history of conversations is kept, in days; 0: there is no history. */
  readonly history: number;
  /** The most friends and groups of an account, members of a group, groups that an account makes in an hour; 0: no limit. */
  readonly most: {
    readonly friends: number;
    readonly groups: number;
    readonly members: number;
    readonly groupsPerHour: number;
  };
}

/** The parts that the handlers of messages work with. */
export interface Chat {
  readonly dialect: Dialect;
  readonly store: Store;
  readonly bus: Bus;
  readonly presence: Presence;
  readonly attempts: Attempts;
  /** Look-ups of names: a name that nobody has counts as a wrong password does. */
  readonly lookUps: Attempts;
  readonly bans: Bans;
  readonly heartbeats: Heartbeats;
  readonly holdings: Holdings;
  readonly hourly: Hourly;
  readonly delivery: Delivery;
  readonly writer: Writer;
  readonly spool: Spool | undefined;
  readonly changes: Changes;
  readonly numbers: Numbers;
  readonly suspicion: Suspicion;
  readonly friendWatch: FriendWatch;
  readonly trace: Trace | undefined;
  /** The history of conversations, where it is kept. */
  readonly history: History | undefined;
  /** The program that has this server inside it; undefined where there is none, or it takes no part. */
  readonly program: Program | undefined;
  readonly budget: Budget;
  readonly options: ChatOptions;
  /** Groups all of whose members were on nodes of ours when a message was last sent: no states are asked for. */
  readonly near: Set<number>;
  readonly shortener: Shortener;
  readonly drops: Drops;
  readonly hints: Hints;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Aborted when the server stops: then nobody waits for the database any longer. */
  readonly stopping: AbortSignal;
}
