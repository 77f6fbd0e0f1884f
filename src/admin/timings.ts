import { Counter, Histogram, type Metric } from 'prom-client';
import type { Observe } from './timed.js';

/** From a point select on this machine to a database that is waited for, in seconds. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long the calls of the store take, and how many fail. */
export class Timings {
  private readonly seconds = new Histogram({
    name: 'chat_store_seconds',
    help: 'How long calls of the store take',
    labelNames: ['call'],
    buckets: BUCKETS,
    registers: [],
  });
  private readonly failures = new Counter({
    name: 'chat_store_failures_total',
    help: 'Calls of the store that failed',
    labelNames: ['call'],
    registers: [],
  });

  /** To be registered where they are asked for. */
  readonly metrics: readonly Metric[] = [this.seconds, this.failures];

  readonly observe: Observe = (call, seconds, failed) => {
    this.seconds.observe({ call }, seconds);
    if (failed) this.failures.inc({ call });
  };
}
