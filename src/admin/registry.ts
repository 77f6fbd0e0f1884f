import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { version } from '../ops/package.js';
import { COUNTERS, type Count, GAUGES, HIGHEST } from './figures.js';
import type { Sources } from './sources.js';

/** How late a process is: the sum or the mean of several would hide the one that is. */
const LAGS = /^nodejs_eventloop_lag/;

/** The metrics of this process. They are read when they are asked for: until then they cost nothing. */
export function makeRegistry(sources: Sources): Registry {
  const registry = chatRegistry(sources);
  addProcess(registry);
  return registry;
}

/** The same without those of the process itself, which may be another program's. */
export function chatRegistry(sources: Sources): Registry {
  const registry = new Registry();
  for (const [name, help, read] of GAUGES) addGauge(registry, name, help, () => read(sources.snapshot()));
  for (const [name, help, labels, read] of COUNTERS) {
    addCounter(registry, name, help, labels, () => read(sources));
  }
  addServices(registry, sources);
  const info = {
    name: 'chat_info',
    help: 'Always 1; the version is its label',
    labelNames: ['version'],
    aggregator: 'first',
  } as const;
  new Gauge({ ...info, registers: [registry] }).set({ version: version() }, 1);
  for (const metric of sources.measured) registry.registerMetric(metric);
  addCertificate(registry, sources);
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

/** The metrics of the process itself, by prom-client. */
function addProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const metric of registry.getMetricsAsArray())
    if (LAGS.test(metric.name)) Object.assign(metric, { aggregator: 'max' });
  // Its own is left out of a sum of processes.
  const name = 'process_start_time_seconds';
  registry.removeSingleMetric(name);
  const help = 'When the first process of this node that still runs has started, in seconds since 1970';
  new Gauge({ name, help, aggregator: 'min', registers: [registry] }).set(performance.timeOrigin / 1000);
}

/** Without TLS there is none. */
function addCertificate(registry: Registry, { snapshot }: Sources): void {
  const gauge: Gauge = new Gauge({
    name: 'chat_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of --tls expires, in seconds since 1970; clients refuse it then',
    aggregator: 'min',
    registers: [registry],
    collect: () => {
      const until = snapshot().certificateUntil;
      gauge.reset();
      if (until !== undefined) gauge.set(until / 1000);
      else gauge.remove();
    },
  });
}

function addServices(registry: Registry, { health, probes }: Sources): void {
  const common = { labelNames: ['service'], registers: [registry] };
  const up: Gauge = new Gauge({
    ...common,
    name: 'chat_service_up',
    help: 'Whether a service that the node needs answers: 1, or 0 while it is away',
    aggregator: 'min',
    collect: () => {
      for (const { name, problem } of health) up.set({ service: name }, problem === undefined ? 1 : 0);
    },
  });
  const seconds: Gauge = new Gauge({
    ...common,
    name: 'chat_service_seconds',
    help: 'How long the last question to a service took; there is none while it is away',
    aggregator: 'max',
    collect: () => {
      for (const [name, took] of probes.seconds) seconds.set({ service: name }, took);
    },
  });
}
