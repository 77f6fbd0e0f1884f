import { Counter, Histogram, type Metric } from 'prom-client';
import type { BusWatch } from '../bus/local.js';
import type { Observe } from './timed.js';

/** From a point select on this machine to a service that is waited for, in seconds. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long the calls of one part take, and how many fail. */
export class Timings {
  private readonly seconds: Histogram;
  private readonly failures: Counter;

  /** @param part as it is called in the names of the metrics: `store`, `bus` */
  constructor(part: string) {
    const common = { labelNames: ['call'], registers: [] };
    this.seconds = new Histogram({
      ...common,
      name: `chat_${part}_seconds`,
      help: `How long calls of the ${part} take; 99 of 100 below 0.05 s is well`,
      buckets: BUCKETS,
    });
    this.failures = new Counter({
      ...common,
      name: `chat_${part}_failures_total`,
      help: `Calls of the ${part} that failed; only while it is away`,
    });
  }

  /** To be registered where they are asked for. */
  get metrics(): Metric[] {
    return [this.seconds, this.failures];
  }

  readonly observe: Observe = (call, seconds, failed) => {
    this.seconds.observe({ call }, seconds);
    if (failed) this.failures.inc({ call });
  };
}

/** The times until other nodes have acknowledged. */
export class Confirmations implements BusWatch {
  private readonly seconds = new Histogram({
    name: 'chat_confirm_seconds',
    help: 'How long other nodes take to say that they got messages; below 0.1 s is well',
    buckets: BUCKETS,
    registers: [],
  });
  private readonly count = new Counter({
    name: 'chat_confirmed_total',
    help: 'Messages that other nodes have said they got',
    registers: [],
  });

  /** To be registered where they are asked for. */
  readonly metrics: readonly Metric[] = [this.seconds, this.count];

  acked(messages: number, seconds: number): void {
    this.seconds.observe(seconds);
    this.count.inc(messages);
  }
}
