import { setTimeout as delay } from 'node:timers/promises';
import type { Histogram } from 'hdr-histogram-js';
import type { Tally } from '../../src/compat/load/tally.js';
import { Meter, type Usage } from '../../src/compat/load/usage.js';
import { countInstructions } from './instructions.js';
import type { Storage } from './storage.js';
import type { Shape, Site, Target } from './target.js';

/** One run of a scenario. Times in seconds. */
export interface Trial {
  readonly target: Target;
  readonly site: Site;
  readonly seconds: number;
  readonly warmUp: number;
  /** Whether what takes long may be done with smaller numbers. */
  readonly brief: boolean;
}

export interface Outcome {
  /** How many operations were done, and what was used for them. */
  readonly operations: number;
  readonly usage: Usage;
  /** How many the server executed outside the kernel; undefined where nothing counts them. */
  readonly instructions?: number | undefined;
  /** In microseconds. */
  readonly latency?: Histogram;
  /** Messages or answers that never came. */
  readonly lost: number;
  /** The faults besides. */
  readonly failure?: string | undefined;
  /** A figure that only this scenario has. */
  readonly extra?: { readonly name: string; readonly value: number };
  /** Other figures. */
  readonly remark?: string;
}

export interface Scenario extends Shape {
  readonly name: string;
  /** The name of one operation. */
  readonly operation: string;
  /** Whether only ours is asked: the original dies of it. */
  readonly onlyOurs?: true;
  /** Whether a bare relay can do it. */
  readonly onRelay: boolean;
  run(trial: Trial): Promise<Outcome>;
}

/** Measures what goes on by itself, after it has warmed up; then waits for the last of it. Ends when the tally fails. */
export async function measure(trial: Trial, tally: Tally, warmUp = trial.warmUp): Promise<Outcome> {
  await tally.lasts(warmUp * 1000);
  const meter = new Meter(trial.site.pids);
  const counter = countInstructions(trial.site.pids.server);
  const before = tally.done;
  tally.takeLatency();
  await tally.lasts(trial.seconds * 1000);
  const usage = meter.read();
  const operations = tally.done - before;
  const instructions = await counter?.end();
  const latency = tally.takeLatency();
  const lost = await tally.stop();
  return { operations, usage, instructions, latency, lost, failure: tally.failure };
}

/** The database of the site. Throws where there is none. */
export function storageOf(trial: Trial): Storage {
  if (trial.site.storage === undefined) throw new Error(`${trial.target.name} has no database`);
  return trial.site.storage;
}

/** Does `work` for every item, eight at a time; with a gap in ms, one after another and the gap between. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>, gap = 0): Promise<R[]> {
  const results: R[] = [];
  const atOnce = gap > 0 ? 1 : 8;
  for (let i = 0; i < items.length; i += atOnce) {
    results.push(...(await Promise.all(items.slice(i, i + atOnce).map(work))));
    if (gap > 0) await delay(gap);
  }
  return results;
}
