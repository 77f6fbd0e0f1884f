import type { Outcome, Scenario } from './scenario.js';

/** One run of one scenario on one target. */
export interface Run {
  readonly scenario: Scenario;
  readonly target: string;
  readonly outcome: Outcome;
}

type Column = readonly [head: string, cell: (run: Run) => string];

const COLUMNS: readonly Column[] = [
  ['scenario', ({ scenario }) => scenario.name],
  ['target', ({ target }) => target],
  ['ops/s', ({ outcome }) => figure(rate(outcome))],
  ['p50 ms', ({ outcome }) => percentile(outcome, 50)],
  ['p99 ms', ({ outcome }) => percentile(outcome, 99)],
  ['p99.9 ms', ({ outcome }) => percentile(outcome, 99.9)],
  ['server us/op', ({ outcome }) => figure(outcome.usage.server / outcome.operations)],
  ['of it user', ({ outcome }) => figure(outcome.usage.serverUser / outcome.operations)],
  ['db us/op', ({ outcome }) => figure(outcome.usage.database / outcome.operations)],
  ['redis us/op', ({ outcome }) => figure(outcome.usage.bus / outcome.operations)],
  ['generator us/op', ({ outcome }) => figure(outcome.usage.generator / outcome.operations)],
  ['RSS MB', ({ outcome }) => figure(outcome.usage.rss / 1_048_576)],
  ['lost', ({ outcome }) => String(outcome.lost)],
  ['', ({ outcome }) => remark(outcome)],
];

/** The runs as a Markdown table. */
export function table(runs: readonly Run[]): string {
  return markdown([
    COLUMNS.map(([head]) => head),
    ...runs.map((run) => COLUMNS.map(([, cell]) => cell(run))),
  ]);
}

/** Rows of cells, the first of them the head, as a Markdown table. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(3, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = rows;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(head!), rule, ...body.map(line)].join('\n');
}

/** Operations per second. */
export function rate(outcome: Outcome): number {
  return outcome.operations / outcome.usage.seconds;
}

/** Three digits are more than a shared machine can tell. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** The fault of a run, or undefined. */
export function trouble({ scenario, target, outcome }: Run): string | undefined {
  const problems = [
    outcome.failure,
    outcome.lost === 0 ? undefined : `${outcome.lost} lost`,
    outcome.operations > 0 ? undefined : 'nothing was done',
  ].filter((problem) => problem !== undefined);
  return problems.length > 0 ? `${scenario.name}, ${target}: ${problems.join('; ')}` : undefined;
}

function percentile({ latency }: Outcome, at: number): string {
  return latency === undefined ? '-' : figure(latency.getValueAtPercentile(at) / 1000);
}

function remark({ extra, remark, failure }: Outcome): string {
  const figures = extra === undefined ? undefined : `${figure(extra.value)} ${extra.name}`;
  return [figures, remark, failure].filter((text) => text !== undefined).join('; ');
}
