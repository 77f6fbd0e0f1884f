import type { Bus } from '../bus/bus.js';
import type { Health } from '../ops/health.js';
import type { Recent } from '../ops/recent.js';
import type { Store } from '../store/store.js';
import type { Desk } from './desk.js';
import { deskOf, type Served } from './local.js';
import { Probes } from './probes.js';
import type { Sources } from './report.js';
import { timedStore } from './timed.js';
import { Timings } from './timings.js';

/** What measures a process that serves clients. Made only where somebody wants to know. */
export class Instruments {
  private readonly timings = new Timings();
  private readonly probes = new Probes();

  /** The same store, with its calls timed. */
  timed(store: Store): Store {
    return timedStore(store, this.timings.observe);
  }

  /**
   * Begins to ask the services how they are.
   *
   * @param health of the database, and of Redis where there is one
   */
  watch(health: readonly Health[], store: Store, bus: Bus): void {
    const [database, redis] = health;
    if (database !== undefined) this.probes.add(database.name, () => store.user(0));
    if (redis !== undefined) this.probes.add(redis.name, () => bus.subscribers(0));
  }

  /** Where the process answers those who ask. */
  desk(
    server: Served & Pick<Sources, 'metrics' | 'drops'> & { snapshot: Sources['snapshot'] },
    health: readonly Health[],
    recent: Recent,
  ): Desk {
    const { timings, probes } = this;
    const { metrics, drops } = server;
    return deskOf(server, {
      metrics,
      drops,
      health,
      probes,
      timings,
      recent,
      snapshot: () => server.snapshot(),
    });
  }
}
