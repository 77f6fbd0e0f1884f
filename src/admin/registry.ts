import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Snapshot } from '../ops/metrics.js';
import { version } from '../ops/package.js';
import type { Sources } from './report.js';

/** How things stand: name, help, and where it is read. */
const GAUGES: readonly [name: string, help: string, read: (now: Snapshot) => number][] = [
  ['chat_connections', 'Open connections of clients', (now) => now.connections],
  ['chat_users', 'Users who are logged in on this node', (now) => now.users],
  ['chat_backlog_messages', 'Messages that wait to be delivered or stored', (now) => now.backlog.messages],
  ['chat_backlog_bytes', 'Bytes of the messages that wait', (now) => now.backlog.bytes],
  ['chat_braked_clients', 'Clients that are not read from until there is room', (now) => now.braked],
  ['chat_nodes', 'Other nodes that this one knows of', (now) => now.nodes],
];

/** What has been counted: name, help, the label, and where it is read. */
const COUNTERS: readonly [string, string, string, (sources: Sources) => Iterable<[string, number]>][] = [
  ['chat_messages_total', 'Messages of clients', 'verb', ({ metrics }) => metrics.messages],
  [
    'chat_deliveries_total',
    'Messages by where they went',
    'outcome',
    ({ metrics }) => Object.entries(metrics.outcomes),
  ],
  ['chat_dropped_total', 'Messages that were dropped', 'reason', ({ drops }) => drops.counts],
  ['chat_lost_total', 'Messages that were lost', 'reason', ({ metrics }) => [['store', metrics.lost]]],
];

/** The metrics of this process. They are read when they are asked for: until then they cost nothing. */
export function makeRegistry(sources: Sources): Registry {
  const registry = new Registry();
  for (const [name, help, read] of GAUGES) addGauge(registry, name, help, () => read(sources.snapshot()));
  for (const [name, help, label, read] of COUNTERS) {
    addCounter(registry, name, help, label, () => read(sources));
  }
  addServices(registry, sources);
  const info = {
    name: 'chat_info',
    help: 'The version',
    labelNames: ['version'],
    aggregator: 'first',
  } as const;
  new Gauge({ ...info, registers: [registry] }).set({ version: version() }, 1);
  for (const metric of sources.timings.metrics) registry.registerMetric(metric);
  collectDefaultMetrics({ register: registry });
  return registry;
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  // Two processes of one node know the same other nodes; all else is their sum.
  const aggregator = name === 'chat_nodes' ? 'max' : 'sum';
  const gauge: Gauge = new Gauge({
    name,
    help,
    aggregator,
    registers: [registry],
    collect: () => gauge.set(read()),
  });
}

function addCounter(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Iterable<[string, number]>,
): void {
  const counter: Counter = new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const [value, count] of read()) counter.inc({ [label]: value }, count);
    },
  });
}

function addServices(registry: Registry, { health, probes }: Sources): void {
  const common = { labelNames: ['service'], registers: [registry] };
  const up: Gauge = new Gauge({
    ...common,
    name: 'chat_service_up',
    help: 'Whether a service that the node needs answers',
    aggregator: 'min',
    collect: () => {
      for (const { name, problem } of health) up.set({ service: name }, problem === undefined ? 1 : 0);
    },
  });
  const seconds: Gauge = new Gauge({
    ...common,
    name: 'chat_service_seconds',
    help: 'How long the last question to a service took',
    aggregator: 'max',
    collect: () => {
      for (const [name, took] of probes.seconds) seconds.set({ service: name }, took);
    },
  });
}
