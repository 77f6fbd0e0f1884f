import { AggregatorRegistry, type Registry } from 'prom-client';
import { version } from '../ops/package.js';
import { type Entry, newestFirst } from '../ops/recent.js';
import type { Report, Service } from './report.js';

/** What the page shows: the whole node, whatever processes it has. */
export interface Status {
  readonly version: string;
  /** Since the first process started, in seconds. */
  readonly uptime: number;
  readonly processes: number;
  readonly problems: readonly string[];
  readonly services: readonly Service[];
  readonly recent: readonly Entry[];
  /** Values of the metrics by name, and by name and labels: `chat_refused_total{login invalid}`. */
  readonly values: Readonly<Record<string, number>>;
}

/** The metrics of all processes as one. */
export function aggregate(reports: readonly Report[]): Registry {
  return AggregatorRegistry.aggregate(reports.map(({ metrics }) => metrics) as object[]);
}

/** Puts the reports of all processes together. */
export async function statusOf(reports: readonly Report[]): Promise<Status> {
  return {
    version: version(),
    uptime: Math.round(process.uptime()),
    processes: reports.length,
    problems: problemsOf(reports),
    services: reports[0]?.services ?? [],
    recent: newestFirst(reports.flatMap(({ recent }) => recent)),
    values: await valuesOf(reports),
  };
}

/** Why the node cannot serve everybody now; each reason once. */
export function problemsOf(reports: readonly Report[]): string[] {
  if (reports.length === 0) return ['no process answers'];
  return [...new Set(reports.flatMap(({ problems }) => problems))];
}

/** Why clients should go to another node; each reason once. */
export function unreadyOf(reports: readonly Report[]): string[] {
  if (reports.length === 0) return ['no process answers'];
  return [...new Set(reports.flatMap(({ unready }) => unready))];
}

interface Sample {
  readonly value: number;
  readonly labels: object;
  readonly metricName?: string;
}

/** All but the steps of histograms. */
async function valuesOf(reports: readonly Report[]): Promise<Record<string, number>> {
  const metrics = await aggregate(reports).getMetricsAsJSON();
  const values: Record<string, number> = {};
  for (const { name, values: samples } of metrics) {
    for (const sample of samples as readonly Sample[]) {
      if ('le' in sample.labels) continue;
      const labels = Object.values(sample.labels).join(' ');
      values[`${sample.metricName ?? name}${labels === '' ? '' : `{${labels}}`}`] = sample.value;
    }
  }
  return values;
}
