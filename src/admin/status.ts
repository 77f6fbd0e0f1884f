import { AggregatorRegistry, type Registry } from 'prom-client';
import { version } from '../ops/package.js';
import { type Entry, newestFirst } from '../ops/recent.js';
import type { Report, Service } from './report.js';

/** The content of the page: the whole node, whatever processes it has. */
export interface Status {
  /** The name of the node. */
  readonly name: string;
  readonly version: string;
  /** Since the first process started, in seconds. */
  readonly uptime: number;
  readonly processes: number;
  /** Other processes of ours that it reaches: the other workers of this node, and those of other nodes. */
  readonly others: { readonly workers: number; readonly beyond: number };
  readonly problems: readonly string[];
  /** Those of them for which clients are better off on another node. */
  readonly unready: readonly string[];
  readonly services: readonly Service[];
  readonly recent: readonly Entry[];
  /** Values of the metrics by name, and by name and labels: `chat_refused_total{login invalid}`. */
  readonly values: Readonly<Record<string, number>>;
}

/** The metrics of all processes as one. */
export function aggregate(reports: readonly Report[]): Registry {
  return AggregatorRegistry.aggregate(reports.map(({ metrics }) => metrics) as object[]);
}

/**
 * Puts the reports of all processes together.
 *
 * @param own what the process that serves the page has in its log, if it serves no clients itself
 */
export async function statusOf(
  name: string,
  reports: readonly Report[],
  own: readonly Entry[],
): Promise<Status> {
  const workers = Math.max(0, reports.length - 1);
  const reached = Math.max(0, ...reports.map(({ snapshot }) => snapshot.nodes));
  return {
    name,
    version: version(),
    uptime: Math.round(process.uptime()),
    processes: reports.length,
    others: { workers: Math.min(workers, reached), beyond: Math.max(0, reached - workers) },
    problems: problemsOf(reports),
    unready: unreadyOf(reports),
    services: servicesOf(reports),
    recent: newestFirst([...own, ...reports.flatMap(({ recent }) => recent)]),
    values: await valuesOf(reports),
  };
}

/** Each service as the process sees it that it answers worst. */
function servicesOf(reports: readonly Report[]): Service[] {
  const worst = new Map<string, Service>();
  for (const service of reports.flatMap(({ services }) => services)) {
    const other = worst.get(service.name);
    if (other === undefined || isWorse(service, other)) worst.set(service.name, service);
  }
  return [...worst.values()];
}

function isWorse(one: Service, other: Service): boolean {
  if (one.problem === undefined) return false;
  return other.problem === undefined || (one.since ?? 0) < (other.since ?? 0);
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
