import type { Metric } from 'prom-client';
import type { Drops } from '../ops/drops.js';
import type { Health } from '../ops/health.js';
import type { Metrics, Snapshot } from '../ops/metrics.js';
import type { Entry, Recent } from '../ops/recent.js';
import type { Probes } from './probes.js';
import { makeRegistry } from './registry.js';

/** What one process of a node tells of itself. */
export interface Report {
  readonly pid: number;
  readonly snapshot: Snapshot;
  /** Why it cannot serve everybody now; empty when it can. */
  readonly problems: readonly string[];
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
  /** How long its last answer took, in seconds. */
  readonly seconds?: number;
}

/** What a report is made from. */
export interface Sources {
  readonly metrics: Metrics;
  readonly drops: Drops;
  readonly health: readonly Health[];
  readonly probes: Probes;
  /** Metrics that are kept as things happen. */
  readonly measured: readonly Metric[];
  readonly recent: Recent;
  readonly snapshot: () => Snapshot;
}

/** A function that makes reports. */
export function reporter(sources: Sources): () => Promise<Report> {
  const registry = makeRegistry(sources);
  return async () => {
    const snapshot = sources.snapshot();
    const services = sources.health.map((health) => serviceOf(health, sources.probes));
    const away = services.filter(({ problem }) => problem !== undefined);
    const problems = away.map(({ name, problem }) => `${name} is away: ${problem}`);
    if (snapshot.stopping) problems.push('the server is stopping');
    const metrics = await registry.getMetricsAsJSON();
    return { pid: process.pid, snapshot, problems, services, recent: sources.recent.all(), metrics };
  };
}

function serviceOf({ name, problem }: Health, probes: Probes): Service {
  const seconds = probes.seconds.get(name);
  return { name, ...(problem !== undefined && { problem }), ...(seconds !== undefined && { seconds }) };
}
