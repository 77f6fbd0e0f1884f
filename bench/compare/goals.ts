import { rate } from '../load/report.js';
import type { Outcome } from '../load/scenario.js';

/** A figure of one run. */
export interface Metric {
  readonly name: string;
  of(outcome: Outcome): number;
}

export const RATE: Metric = { name: 'ops/s', of: rate };
export const CPU: Metric = {
  name: 'server CPU us/op',
  of: ({ usage, operations }) => usage.server / operations,
};
export const USER: Metric = {
  name: 'of it user us/op',
  of: ({ usage, operations }) => usage.serverUser / operations,
};
export const DATABASE: Metric = {
  name: 'database CPU us/op',
  of: ({ usage, operations }) => usage.database / operations,
};
const PER_CPU_SECOND: Metric = {
  name: 'messages per CPU second',
  of: ({ usage, operations }) => (operations * 1e6) / usage.server,
};
export const INSTRUCTIONS: Metric = {
  name: 'user instructions/op',
  of: ({ instructions = Number.NaN, operations }) => instructions / operations,
};
const STALL: Metric = { name: 'longest stall, ms', of: ({ extra }) => extra?.value ?? Number.NaN };
const EXTRA: Metric = { name: 'deliveries/s', of: ({ extra }) => extra?.value ?? Number.NaN };
const BYTES: Metric = { name: 'bytes each', of: ({ extra }) => extra?.value ?? Number.NaN };
const SECONDS: Metric = { name: 'seconds', of: ({ usage }) => usage.seconds };
const LOST: Metric = { name: 'lost', of: ({ lost }) => lost };

/** The goal of ours in a scenario: as it is, or as a ratio to a rival's figure of the same round. */
export interface Goal {
  readonly scenario: string;
  readonly metric: Metric;
  readonly rival?: string;
  /** The scenario whose figure of ours, of the same round, this one is a ratio to. */
  readonly beside?: string;
  /** Ours on its embedded store. */
  readonly embedded?: true;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export const ORIGINAL = 'the original';
export const NODE_RELAY = 'bare node:net relay';
/** Another build of ours. */
export const BEFORE = 'before';
/** Ours on its embedded store. */
export const EMBEDDED = 'ours, embedded';

/** Below this the database was not asked once per message: what it does by itself costs as much. */
const NO_QUERY = 1;

export const GOALS: readonly Goal[] = [
  ...['one-to-one-50', 'one-to-one-400'].flatMap((scenario) => [
    { scenario, metric: CPU, rival: ORIGINAL, atMost: 0.6 },
    { scenario, metric: CPU, rival: NODE_RELAY, atMost: 1.1 },
    { scenario, metric: USER, rival: NODE_RELAY, atMost: 1.1 },
    { scenario, metric: RATE, rival: ORIGINAL, atLeast: 1.2 },
  ]),
  { scenario: 'pipelined-50x16', metric: PER_CPU_SECOND, atLeast: 800_000 },
  { scenario: 'pipelined-50x16', metric: CPU, rival: NODE_RELAY, atMost: 1.5 },
  { scenario: 'pipelined-50x16', metric: LOST, atMost: 0 },
  { scenario: 'two-nodes-50', metric: RATE, rival: ORIGINAL, atLeast: 20 },
  { scenario: 'two-nodes-50', metric: DATABASE, atMost: NO_QUERY },
  { scenario: 'two-nodes-50x16', metric: RATE, atLeast: 400_000 },
  { scenario: 'two-nodes-group-50', metric: RATE, atLeast: 15_000 },
  { scenario: 'workers-50', metric: CPU, beside: 'one-to-one-50', atMost: 1.8 },
  { scenario: 'workers-50x16', metric: RATE, atLeast: 500_000 },
  { scenario: 'workers-group-50', metric: RATE, atLeast: 20_000 },
  { scenario: 'group-50', metric: CPU, rival: ORIGINAL, atMost: 0.3 },
  { scenario: 'group-50', metric: EXTRA, rival: ORIGINAL, atLeast: 3 },
  { scenario: 'group-40-half', metric: RATE, rival: ORIGINAL, atLeast: 50 },
  { scenario: 'connects', metric: RATE, rival: ORIGINAL, atLeast: 10 },
  ...['storm-64', 'storm-256'].flatMap((scenario) => [
    { scenario, metric: RATE, rival: ORIGINAL, atLeast: 8 },
    { scenario, metric: DATABASE, rival: ORIGINAL, atMost: 0.2 },
    { scenario, metric: LOST, atMost: 0 },
  ]),
  ...['return-2-workers', 'return-4-workers'].flatMap((scenario) => [
    { scenario, metric: CPU, beside: 'return', atMost: 1 },
    { scenario, metric: RATE, beside: 'return', atLeast: 1 },
    { scenario, metric: LOST, atMost: 0 },
  ]),
  ...['return', 'return-2-workers', 'return-4-workers'].flatMap((scenario) => [
    { scenario, metric: RATE, rival: BEFORE, atLeast: 2 },
    { scenario, metric: CPU, rival: BEFORE, atMost: 0.5 },
  ]),
  { scenario: 'return', metric: LOST, atMost: 0 },
  { scenario: 'rush', metric: STALL, atMost: 50 },
  { scenario: 'rush', metric: STALL, embedded: true, atMost: 50 },
  ...['one-to-one-50', 'group-50'].flatMap((scenario) => [
    { scenario, metric: INSTRUCTIONS, rival: BEFORE, atMost: 0.65 },
    { scenario, metric: USER, rival: BEFORE, atMost: 0.65 },
  ]),
  { scenario: 'stored-warm', metric: CPU, rival: ORIGINAL, atMost: 1 },
  { scenario: 'stored-warm', metric: DATABASE, rival: ORIGINAL, atMost: 0.5 },
  { scenario: 'stored-warm', metric: LOST, atMost: 0 },
  { scenario: 'stop-silent', metric: SECONDS, atMost: 2 },
  { scenario: 'stop-silent', metric: LOST, atMost: 0 },
  { scenario: 'stop-crowd', metric: SECONDS, atMost: 10 },
  { scenario: 'stop-crowd', metric: LOST, atMost: 0 },
  { scenario: 'stop-great-crowd', metric: SECONDS, atMost: 10 },
  { scenario: 'stop-great-crowd', metric: LOST, atMost: 0 },
  { scenario: 'idle', metric: BYTES, atMost: 8192 },
  ...['web-50', 'web-50-pages'].flatMap((scenario) => [
    { scenario, metric: CPU, beside: 'one-to-one-50', atMost: 1.6 },
    { scenario, metric: LOST, atMost: 0 },
  ]),
  { scenario: 'idle-tabs', metric: BYTES, atMost: 12_288 },
  { scenario: 'stored', metric: CPU, atMost: 50_000 },
  { scenario: 'crowd', metric: BYTES, atMost: 4608 },
  { scenario: 'crowd', metric: SECONDS, atMost: 40 },
  { scenario: 'crowd', metric: RATE, beside: 'crowd-alone', atLeast: 1 },
  { scenario: 'crowd', metric: LOST, atMost: 0 },
];

export function limit({ atMost, atLeast }: Goal): string {
  return atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
}

export function met(goal: Goal, value: number): boolean {
  return value <= (goal.atMost ?? Number.POSITIVE_INFINITY) && value >= (goal.atLeast ?? 0);
}
