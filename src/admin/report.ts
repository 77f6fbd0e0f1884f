import type { Health } from '../ops/health.js';
import type { Snapshot } from '../ops/metrics.js';
import type { Entry } from '../ops/recent.js';
import type { Probes } from './probes.js';
import { makeRegistry } from './registry.js';
import type { Sources } from './sources.js';

/** One process of a node by its own words. */
export interface Report {
  readonly pid: number;
  readonly snapshot: Snapshot;
  /** Why it cannot serve everybody now as it should; empty when it can. */
  readonly problems: readonly string[];
  /** Those of them for which a client is better off elsewhere: what is left to it is not worth a login. */
  readonly unready: readonly string[];
  readonly services: readonly Service[];
  readonly recent: readonly Entry[];
  /** Its metrics, as prom-client gives them to another process. */
  readonly metrics: readonly object[];
}

/** How a service that the node needs answers. */
export interface Service {
  readonly name: string;
  /** Why it is away; undefined while it answers. */
  readonly problem?: string;
  /** Since when, in ms since 1970. */
  readonly since?: number;
  /** How long its last answer took, in seconds. */
  readonly seconds?: number;
}

/** A function that makes reports. */
export function reporter(sources: Sources): () => Promise<Report> {
  const registry = makeRegistry(sources);
  return async () => {
    const snapshot = sources.snapshot();
    const services = sources.health.map((health) => serviceOf(health, sources.probes));
    const away = services.filter(({ problem }) => problem !== undefined);
    const stopping = snapshot.stopping ? ['the server is stopping'] : [];
    const problems = [...away.map(sentence), ...stopping];
    const unready = [...away.filter(({ name }) => !WITHOUT.includes(name)).map(sentence), ...stopping];
    const metrics = await registry.getMetricsAsJSON();
    return { pid: process.pid, snapshot, problems, unready, services, recent: sources.recent.all(), metrics };
  };
}

/** Services without which a node goes on for its own users: without Redis only other nodes are not reached. */
const WITHOUT = ['Redis'];

function sentence({ name, problem }: Service): string {
  return `${name} is away: ${problem}`;
}

function serviceOf({ name, problem, awaySince: since }: Health, probes: Probes): Service {
  const seconds = probes.seconds.get(name);
  return {
    name,
    ...(problem !== undefined && { problem }),
    ...(since !== undefined && { since }),
    ...(seconds !== undefined && { seconds }),
  };
}
