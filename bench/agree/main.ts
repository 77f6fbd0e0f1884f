import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Child } from '../../compat-tests/harness/child.js';
import { newFolder } from '../../compat-tests/harness/folder.js';
import { startServer } from '../../compat-tests/harness/server.js';
import type { Figures } from '../../src/compat/load/figures.js';

/*
 * Whether `chat-compat load` can be believed: beside a plain generator on a bare relay, in turns, and what it costs itself
 * beside the server that it measures. node build/bench/agree/main.js [--rounds N] [--seconds N]
 */

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '4' } },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const PAIRS = 10;
const RATES = [0, 2000];

type Seen = Pick<Figures, 'rate' | 'p50' | 'p99'>;

function load(port: number, ...options: string[]): Figures {
  const folder = newFolder();
  const file = join(folder.path, 'figures.json');
  try {
    const asked = ['--seconds', `${seconds}`, '--clients', `${PAIRS}`, '--json', file, ...options];
    run('dist/compat/main.js', 'load', `127.0.0.1:${port}`, ...asked);
    const [figures] = JSON.parse(readFileSync(file, 'utf8')) as Figures[];
    return figures!;
  } finally {
    folder.remove();
  }
}

function plain(port: number, rate: number): Seen {
  const said = run('build/bench/agree/generator.js', ...[port, PAIRS, seconds, rate].map(String));
  return JSON.parse(said) as Seen;
}

function run(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

function median(seen: readonly Seen[], of: keyof Seen): number {
  return seen.map((one) => one[of]).sort((a, b) => a - b)[Math.floor(seen.length / 2)] ?? Number.NaN;
}

async function agreement(rate: number): Promise<void> {
  const relay = new Child(process.execPath, ['build/bench/agree/relay.js']);
  const port = Number((await relay.logged(/"port":(\d+)/))[1]);
  const [own, other]: [Seen[], Seen[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    own.push(load(port, ...(rate === 0 ? [] : ['--rate', `${rate}`])));
    other.push(plain(port, rate));
  }
  await relay.stop('SIGKILL');
  const cells = (['rate', 'p50', 'p99'] as const).map((of) => {
    const [a, b] = [median(own, of), median(other, of)];
    return `${a.toPrecision(4)} / ${b.toPrecision(4)} = ${(a / b).toFixed(3)}`;
  });
  console.log(`| ${rate === 0 ? 'as they arrive' : `${rate} a second`} | ${cells.join(' | ')} |`);
}

async function cost(scenario: string): Promise<void> {
  const server = await startServer(['--data', ':memory:', '--pace', '0']);
  const { serverCpu, generatorCpu } = load(
    server.port,
    ...['--scenario', scenario, '--pid', `${server.child.pid}`],
  );
  await server.child.stop('SIGKILL');
  console.log(`| ${scenario} | ${serverCpu?.toPrecision(3)} | ${generatorCpu.toPrecision(3)} |`);
}

console.log(`medians of ${rounds} runs each, in turns: load / the plain generator\n`);
console.log('| messages | a second | p50 ms | p99 ms |\n| --- | --- | --- | --- |');
for (const rate of RATES) await agreement(rate);
console.log('\n| scenario | the server, us of CPU each | load |\n| --- | --- | --- |');
for (const scenario of ['one-to-one', 'pipelined', 'group']) await cost(scenario);
