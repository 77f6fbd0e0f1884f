import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../fuzz/random.js';
import { Crowd, cast, rows } from './crowd.js';
import { between } from './fault.js';
import { FAULTS } from './faults.js';
import type { Count } from './ledger.js';
import { MemoryWatch } from './memory.js';
import type { CampaignOptions } from './options.js';
import { CampaignSite } from './site.js';
import { BESIDE, type Round } from './table.js';

/** The result of a campaign. */
export interface Result {
  readonly rounds: readonly Round[];
  /** Servers that ended though nobody asked them to, and the like. */
  readonly troubles: readonly string[];
  /** Some of the messages that were lost. */
  readonly examples: readonly string[];
  /** How often originals died by themselves. */
  readonly deaths: number;
  /** Messages that are still stored though their users are online. */
  readonly stored: number;
}

/** Rounds of chat with a fault in each, until the time is over. Tells of each round when it is done. */
export async function campaign(options: CampaignOptions, tell: (text: string) => void): Promise<Result> {
  const random = new Random(options.seed);
  const people = cast(options);
  const site = await CampaignSite.start(options, rows(people));
  const crowd = new Crowd(people, site, random.fork(), options.rate);
  const memory = new MemoryWatch(site.nodes);
  const rounds: Round[] = [];
  try {
    const next = draw(options, random.fork());
    const end = performance.now() + options.seconds * 1000;
    while (performance.now() < end || rounds.length < options.faults.length) {
      const round = await play(next(), { site, crowd, memory, random: random.fork() });
      rounds.push(round);
      tell(`${rounds.length}: ${describe(round)}`);
    }
    // A message that came too late is not lost.
    crowd.ledger.close();
    const stored = await site.stored();
    return {
      rounds,
      troubles: [...site.nodes, ...crowd.numberedSenders].flatMap(({ troubles }) => troubles),
      examples: crowd.ledger.examples(),
      deaths: site.originals.reduce((sum, { deaths }) => sum + deaths, 0),
      stored,
    };
  } finally {
    memory.stop();
    await crowd.stop();
    await site.stop();
  }
}

/** Draws names of faults: the given ones in turn, else any that suits the mode. Throws for one that is none. */
function draw({ faults, mode, redis, originals }: CampaignOptions, random: Random): () => string {
  const suits = (name: string) => {
    const fault = FAULTS[name];
    if (fault?.modes.includes(mode) !== true || fault.redis?.includes(redis) === false) return false;
    return originals > 0 || fault.needsOriginal !== true;
  };
  const wrong = faults.find((name) => !suits(name));
  if (wrong !== undefined)
    throw new Error(`no fault ${wrong} on ${mode}: ${Object.keys(FAULTS).filter(suits)}`);
  let [bag, turn]: [string[], number] = [[], 0];
  return () => {
    if (faults.length > 0) return faults[turn++ % faults.length] ?? 'none';
    if (bag.length === 0) bag = random.shuffle(Object.keys(FAULTS).filter(suits));
    return bag.pop() ?? 'none';
  };
}

interface Stage {
  readonly site: CampaignSite;
  readonly crowd: Crowd;
  readonly memory: MemoryWatch;
  readonly random: Random;
}

async function play(fault: string, { site, crowd, memory, random }: Stage): Promise<Round> {
  const loggedBefore = logged(site);
  memory.take();
  const counts = crowd.ledger.begin();
  crowd.begin();
  await delay(between(random, 1000, 2000));
  const node = random.pick(site.nodes);
  if (node !== undefined) await FAULTS[fault]?.run({ site, crowd, random, node });
  await delay(between(random, 0, 2000));
  const start = performance.now();
  await crowd.settle();
  const settling = performance.now() - start;
  // A dropped connection is counted for its own round only.
  for (const { links } of site.nodes) for (const link of Object.values(links)) link.bury();
  return { ...counts, fault, memory: memory.take(), logged: logged(site) - loggedBefore, settling };
}

function logged(site: CampaignSite): number {
  return site.nodes.reduce((sum, node) => sum + node.logged, 0);
}

function describe(round: Round): string {
  const beside = BESIDE.filter((kind) => round[kind].accepted > 0).map(
    (kind) => `${kind}: ${figures(round[kind])}; `,
  );
  return `${round.fault}: ${figures(round.own)}; ${beside.join('')}${Math.round(round.settling)} ms`;
}

function figures(count: Count): string {
  const some = Object.entries(count).filter(([, value]) => value > 0);
  return some.map(([name, value]) => `${value} ${name}`).join(', ');
}
