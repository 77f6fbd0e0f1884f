import { markdown, type Run } from '../load/report.js';
import {
  CPU,
  DATABASE,
  EMBEDDED,
  GOALS,
  type Goal,
  INSTRUCTIONS,
  limit,
  type Metric,
  met,
  RATE,
  USER,
} from './goals.js';
import { type Spread, spread, written } from './statistics.js';

const OURS = 'ours';
const P99: Metric = {
  name: 'p99 ms',
  of: ({ latency }) => (latency === undefined ? Number.NaN : latency.getValueAtPercentile(99) / 1000),
};
const METRICS = [RATE, P99, CPU, USER, DATABASE, INSTRUCTIONS];

/** The result of each goal. */
export function goalsTable(rounds: readonly (readonly Run[])[]): string {
  const head = ['scenario', 'what', 'goal', 'median (min..max)', 'met'];
  return markdown([head, ...GOALS.flatMap((goal) => goalRow(goal, rounds))]);
}

/** A goal against a rival that is not here has no row. */
function goalRow(goal: Goal, rounds: readonly (readonly Run[])[]): string[][] {
  const result = spread(rounds.flatMap((runs) => value(goal, runs) ?? []));
  if (result === undefined) return [];
  const other = goal.rival ?? goal.beside;
  const what = other === undefined ? goal.metric.name : `${goal.metric.name}, ratio to ${other}`;
  const where = goal.embedded ? `${goal.scenario}, embedded store` : goal.scenario;
  return [[where, what, limit(goal), written(result), verdict(goal, result)]];
}

function value(
  { scenario, metric, rival, beside, embedded }: Goal,
  runs: readonly Run[],
): number | undefined {
  const of = (target: string, name = scenario) => {
    const run = runs.find((one) => one.scenario.name === name && one.target === target);
    return run && metric.of(run.outcome);
  };
  const ours = of(embedded ? EMBEDDED : OURS);
  if (ours === undefined || (rival === undefined && beside === undefined)) return ours;
  const theirs = of(rival ?? OURS, beside);
  return theirs === undefined ? undefined : ours / theirs;
}

function verdict(goal: Goal, { median, min, max }: Spread): string {
  if (met(goal, min) && met(goal, max)) return 'yes';
  return met(goal, median) ? 'in most rounds' : 'no';
}

/** Everything that was measured: medians and spreads. */
export function figuresTable(rounds: readonly (readonly Run[])[]): string {
  const groups = new Map<string, Run[]>();
  for (const run of rounds.flat()) {
    const key = `${run.scenario.name} ${run.target}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const head = ['scenario', 'target', ...METRICS.map(({ name }) => name), 'also', 'lost'];
  return markdown([head, ...[...groups.values()].map(figuresRow)]);
}

function figuresRow(runs: readonly Run[]): string[] {
  const outcomes = runs.map(({ outcome }) => outcome);
  const over = (of: Metric['of']) => written(spread(outcomes.map(of)));
  const { scenario, target, outcome } = runs[0]!;
  const extra = outcome.extra && `${over((one) => one.extra?.value ?? Number.NaN)} ${outcome.extra.name}`;
  const remarks = outcomes.flatMap(({ remark, failure }) => [remark, failure]);
  const failures = new Set(remarks.filter((text) => text !== undefined));
  const also = [extra, ...failures].filter((text) => text !== undefined).join('; ');
  return [scenario.name, target, ...METRICS.map(({ of }) => over(of)), also, over(({ lost }) => lost)];
}
