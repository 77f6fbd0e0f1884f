import type { Metric } from 'prom-client';
import type { Drops } from '../ops/drops.js';
import type { Health } from '../ops/health.js';
import type { Metrics, Snapshot } from '../ops/metrics.js';
import type { Recent } from '../ops/recent.js';
import type { Probes } from './probes.js';

/** The sources of a report. */
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
