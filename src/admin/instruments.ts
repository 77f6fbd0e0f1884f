import type { Bus } from '../bus/bus.js';
import type { Medium } from '../bus/medium.js';
import type { Health } from '../ops/health.js';
import type { Recent } from '../ops/recent.js';
import type { Store } from '../store/store.js';
import type { Desk } from './desk.js';
import { deskOf, type Served } from './local.js';
import { Probes } from './probes.js';
import type { Sources } from './sources.js';
import { timedMedium, timedStore } from './timed.js';
import { Confirmations, Timings } from './timings.js';

/** The meters of a process that serves clients. Made only where somebody reads them. */
export class Instruments {
  private readonly store = new Timings('store');
  private readonly bus = new Timings('bus');
  private readonly confirmations = new Confirmations();
  private readonly probes = new Probes();

  /** The same store, with its calls timed. */
  timed(store: Store): Store {
    return timedStore(store, this.store.observe);
  }

  /** The same medium, with its calls timed. */
  timedMedium(medium: Medium): Medium {
    return timedMedium(medium, this.bus.observe);
  }

  /**
   * Begins to ask the services how they are.
   *
   * @param health of the database, and of Redis where there is one
   */
  watch(health: readonly Health[], store: Store, bus: Bus): void {
    bus.watch = this.confirmations;
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
    const { probes } = this;
    const measured = [this.store, this.bus, this.confirmations].flatMap(({ metrics }) => metrics);
    const { metrics, drops } = server;
    return deskOf(server, {
      metrics,
      drops,
      health,
      probes,
      measured,
      recent,
      snapshot: () => server.snapshot(),
    });
  }
}
