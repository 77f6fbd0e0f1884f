import { parseArgs } from 'node:util';
import { floors } from '../floors/floors.js';
import { original } from '../load/original.js';
import { ours } from '../load/ours.js';
import { program } from '../load/program.js';
import { type Run, trouble } from '../load/report.js';
import { chosen } from '../load/scenarios.js';
import { Services } from '../load/services.js';
import { BEFORE, GOALS } from './goals.js';
import { machine } from './machine.js';
import { measure } from './rounds.js';
import { figuresTable, goalsTable } from './summary.js';
import { writeResult } from './write.js';

const USAGE = `usage: node build/bench/compare/main.js [options]
  --rounds N        how often everything is measured (default 3)
  --seconds N       how long each time (default 3)
  --scenario NAME   only this one; may be given several times
  --durable         the database is on disk, and each commit waits for it
  --before FOLDER   another build of ours takes part, in whose dist it is
  --print           only prints the report, writes none
  --name NAME       writes bench/results/NAME.md (default: the date)
With CHAT_ORIGINAL=/path/to/ChatServer that server takes part; ports 3306 and 6379 must be free for it.`;

function report(before: string, rounds: Run[][], seconds: number, durable: boolean): string {
  const disk = durable
    ? 'the database is on disk, and each commit waits for it'
    : 'the database is in memory, and commits wait for nothing';
  return `# Ours beside others

${before}
- ${rounds.length} rounds, in each of them every target in turn, ${seconds} s each; services and load generator on the same machine
- ${disk}
- ours: MariaDB and Redis, no pace; figures are medians, and in brackets the least and the most; a ratio is taken within a round

## Goals

${goalsTable(rounds)}

## Figures

${figuresTable(rounds)}
`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      scenario: { type: 'string', multiple: true },
      durable: { type: 'boolean', default: false },
      before: { type: 'string' },
      print: { type: 'boolean', default: false },
      name: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    },
  });
  const binary = process.env.CHAT_ORIGINAL;
  const scenarios = chosen(values.scenario ?? [...new Set(GOALS.map(({ scenario }) => scenario))]);
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  if (!(rounds >= 1 && seconds > 0)) throw new Error('--rounds and --seconds must be numbers above 0');
  const before = machine();
  const services = await Services.start(binary !== undefined, values.durable);
  try {
    const rivals = binary === undefined ? [] : [original(binary, async () => services)];
    const { before: folder } = values;
    const mine = { services: async () => services };
    const older = folder === undefined ? [] : [ours({ ...mine, build: { folder, name: BEFORE } })];
    const targets = [ours(mine), ...older, ours({ onDisk: values.durable }), ...floors(), ...rivals];
    const results = await measure(scenarios, targets, rounds, { seconds, warmUp: 1, brief: false });
    const text = report(before, results, seconds, values.durable);
    console.log(text);
    if (!values.print) writeResult(values.name, text);
    complain(results);
  } finally {
    await services.stop();
  }
}

/** The faults of ours. */
function complain(results: readonly (readonly Run[])[]): void {
  for (const run of results.flat().filter(({ target }) => target === 'ours')) {
    const problem = trouble(run);
    if (problem === undefined) continue;
    console.error(problem);
    process.exitCode = 1;
  }
}

await program(USAGE, main);
