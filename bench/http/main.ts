import { parseArgs } from 'node:util';
import { machine } from '../compare/machine.js';
import { measure } from '../compare/rounds.js';
import { spread, written } from '../compare/statistics.js';
import { figuresTable } from '../compare/summary.js';
import { writeResult } from '../compare/write.js';
import { program } from '../load/program.js';
import { figure, markdown, type Run, rate, trouble } from '../load/report.js';
import { chosen } from '../load/scenarios.js';
import type { Result } from './asking.js';
import { watchedTargets } from './watched.js';

const USAGE = `usage: node build/bench/http/main.js [options]
  --rounds N        how often everything is measured (default 5)
  --seconds N       how long each time (default 3)
  --scenario NAME   this one (default one-to-one-50); may be given several times
  --print           only prints the report, writes none`;

/** How fast chat is while the admin port is asked, in ratio to a server without one, within a round. */
function ratios(rounds: readonly (readonly Run[])[]): string {
  const names = [...new Set(rounds.flat().map(({ target }) => target))];
  const rows = names.slice(1).map((name) => {
    const of = (measure: (run: Run) => number) =>
      written(spread(rounds.flatMap((runs) => ratio(runs, name, measure))));
    const cpu = ({ outcome: { usage, operations } }: Run) => usage.server / operations;
    return [name, of(({ outcome }) => rate(outcome)), of(cpu)];
  });
  return markdown([['--admin', 'ops/s', 'server CPU us/op'], ...rows]);
}

function ratio(runs: readonly Run[], target: string, measure: (run: Run) => number): number[] {
  return runs
    .filter((run) => run.target === target)
    .flatMap((run) => {
      const alone = runs.find(({ scenario }) => scenario === run.scenario);
      return alone === undefined ? [] : [measure(run) / measure(alone)];
    });
}

function scrapes(seen: ReadonlyMap<string, readonly Result[]>): string {
  const rows = [...seen].map(([name, all]) => {
    const over = (of: (one: Result) => number) => written(spread(all.map(of)));
    const total = (of: (one: Result) => number) => figure(all.reduce((sum, one) => sum + of(one), 0));
    return [
      name,
      total(({ requests }) => requests.total),
      total(({ non2xx, errors }) => non2xx + errors),
      over(({ latency }) => latency.p50),
      over(({ latency }) => latency.p99),
    ];
  });
  return markdown([['--admin', 'answers', 'failed', 'median ms', 'p99 ms'], ...rows]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      scenario: { type: 'string', multiple: true, default: ['one-to-one-50'] },
      print: { type: 'boolean', default: false },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  if (!(rounds >= 1 && seconds > 0)) throw new Error('--rounds and --seconds must be numbers above 0');
  const before = machine();
  const seen = new Map<string, Result[]>();
  const targets = watchedTargets((way, result) => seen.set(way, [...(seen.get(way) ?? []), result]));
  const span = { seconds, warmUp: Math.min(1, seconds), brief: false };
  const runs = await measure(chosen(values.scenario), targets, rounds, span);
  const text = `# Chat while the admin port is asked

${before}
- ${rounds} rounds, in each of them every way in turn, ${seconds} s each; all on the same machine, the embedded store, no pace
- medians, and in brackets the least and the most

## In ratio to a server without --admin

${ratios(runs)}

## Figures

${figuresTable(runs)}

## Who asked for /metrics

${scrapes(seen)}
`;
  console.log(text);
  if (!values.print) writeResult('http', text);
  const troubles = runs.flat().flatMap((run) => trouble(run) ?? []);
  for (const problem of troubles) console.error(problem);
  if (troubles.length > 0) process.exitCode = 1;
}

await program(USAGE, main);
