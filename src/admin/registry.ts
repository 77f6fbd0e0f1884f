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
  ['chat_backlog_limit_bytes', 'Clients are braked when more would wait', (now) => now.backlog.limit],
  ['chat_backlog_age_seconds', 'How long the first of them has been waiting', (now) => now.backlog.age],
  [
    'chat_unconfirmed_bytes',
    'Sent to other nodes, which have not said they got it',
    (now) => now.unconfirmed,
  ],
  ['chat_braked_clients', 'Clients that are not read from until there is room', (now) => now.braked],
  ['chat_nodes', 'Other nodes, and other workers, that this process knows of', (now) => now.nodes],
];

/** All other gauges of several processes are summed. */
const HIGHEST = ['chat_nodes', 'chat_backlog_age_seconds'];

/** Values of labels, and how often that was counted. */
type Count = readonly [labels: readonly string[], count: number];

/** What has been counted: name, help, its labels, and where it is read. */
const COUNTERS: readonly [string, string, readonly string[], (sources: Sources) => readonly Count[]][] = [
  [
    'chat_messages_total',
    'Messages of clients',
    ['verb'],
    ({ metrics }) => by(Object.entries(metrics.messages)),
  ],
  [
    'chat_deliveries_total',
    'Messages by where they went',
    ['outcome'],
    ({ metrics }) => by(Object.entries(metrics.outcomes)),
  ],
  [
    'chat_refused_total',
    'Requests that were refused',
    ['verb', 'result'],
    ({ metrics }) =>
      [...metrics.refused].flatMap(([verb, results]) =>
        by(results).map(([[result = ''], n]) => [[verb, result], n]),
      ),
  ],
  ['chat_dropped_total', 'Messages that were dropped', ['reason'], ({ drops }) => by(drops.counts)],
  ['chat_lost_total', 'Messages that were lost', ['reason'], ({ drops }) => by([['store', drops.lost]])],
  [
    'chat_service_losses_total',
    'How often a service has gone away',
    ['service'],
    ({ health }) => by(health.map(({ name, losses }) => [name, losses])),
  ],
];

function by(counts: Iterable<readonly [string, number]>): Count[] {
  return [...counts].map(([label, count]) => [[label], count]);
}

/** The metrics of this process. They are read when they are asked for: until then they cost nothing. */
export function makeRegistry(sources: Sources): Registry {
  const registry = new Registry();
  for (const [name, help, read] of GAUGES) addGauge(registry, name, help, () => read(sources.snapshot()));
  for (const [name, help, labels, read] of COUNTERS) {
    addCounter(registry, name, help, labels, () => read(sources));
  }
  addServices(registry, sources);
  const info = {
    name: 'chat_info',
    help: 'The version',
    labelNames: ['version'],
    aggregator: 'first',
  } as const;
  new Gauge({ ...info, registers: [registry] }).set({ version: version() }, 1);
  for (const metric of sources.measured) registry.registerMetric(metric);
  collectDefaultMetrics({ register: registry });
  return registry;
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const aggregator = HIGHEST.includes(name) ? 'max' : 'sum';
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
  labelNames: readonly string[],
  read: () => readonly Count[],
): void {
  const counter: Counter = new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const [labels, count] of read()) counter.labels(...labels).inc(count);
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
