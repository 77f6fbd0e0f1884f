import { mkdirSync } from 'node:fs';
import { epollRelay, nodeRelay } from '../floors/floors.js';
import { type LoadOptions, readOptions, USAGE } from './options.js';
import { original } from './original.js';
import { ours } from './ours.js';
import { hottest } from './profile.js';
import { program } from './program.js';
import { type Run, table, trouble } from './report.js';
import { runOne, suits } from './run.js';
import type { Scenario } from './scenario.js';
import { chosen } from './scenarios.js';
import { Services } from './services.js';
import type { Target } from './target.js';

/** Started when first asked for, so that what needs none of them needs none installed. */
let services: Promise<Services> | undefined;

async function main(options: LoadOptions): Promise<void> {
  const target = targetOf(options);
  const runs: Run[] = [];
  for (const scenario of chosen(options.scenarios)) {
    if (!suits(scenario, target) || !isPossible(scenario, options)) continue;
    console.error(`${scenario.name}: ${target.name}`);
    runs.push(await runOne(scenario, target, options));
  }
  console.log(table(runs));
  if (options.profile !== undefined) console.log(`\n${hottest(options.profile)}`);
  const troubles = runs.map(trouble).filter((text) => text !== undefined);
  for (const text of troubles) console.error(text);
  if (troubles.length > 0) process.exitCode = 1;
}

function isPossible(scenario: Scenario, options: LoadOptions): boolean {
  return scenario.nodes === 1 || options.store === 'services';
}

function targetOf({ target, store, profile, durable }: LoadOptions): Target {
  switch (target) {
    case 'ours':
      return ours({
        onDisk: durable,
        services: store === 'services' ? () => startServices(false, durable) : undefined,
        nodeArgs: profile === undefined ? [] : profiling(profile),
      });
    case 'node-relay':
      return nodeRelay;
    case 'epoll-relay':
      return epollRelay() ?? fail('there is no C compiler for the epoll relay');
    case 'original':
      return original(process.env.CHAT_ORIGINAL ?? fail('CHAT_ORIGINAL is not set'), () =>
        startServices(true, durable),
      );
    default:
      return fail(`no target ${target}`);
  }
}

function startServices(ofOriginal: boolean, durable: boolean): Promise<Services> {
  services ??= Services.start(ofOriginal, durable);
  return services;
}

function profiling(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function fail(reason: string): never {
  throw new Error(reason);
}

await program(
  USAGE,
  () => main(readOptions(process.argv.slice(2))),
  async () => (await services)?.stop(),
);
