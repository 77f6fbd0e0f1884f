import { setTimeout as delay } from 'node:timers/promises';
import { Line, withLines } from '../../src/compat/load/line.js';
import { Meter, rss } from '../../src/compat/load/usage.js';
import { enter } from './enter.js';
import { each, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';

/** For the memory of what was needed only while connecting to be given back, in ms. */
const SETTLE = 2000;

/** Connections that do nothing: the memory of each. */
export const idle: Scenario = {
  name: 'idle',
  operation: 'connection',
  nodes: 1,
  onRelay: true,
  run: (trial) => weigh(trial, () => Line.open(trial.site.ports[0]!), 0),
};

/** Users who are logged in and do nothing: the memory of each. */
export const idleUsers: Scenario = {
  name: 'idle-users',
  operation: 'login that stays',
  nodes: 1,
  onRelay: false,
  run: async (trial) => {
    await seedUsers(storageOf(trial), size(trial));
    return await weigh(trial, (id) => enter(trial.site.ports[0]!, id), trial.target.loginGap);
  },
};

function size(trial: Trial): number {
  return trial.brief ? 1000 : 10_000;
}

async function weigh(trial: Trial, open: (id: number) => Promise<Line>, gap: number): Promise<Outcome> {
  const { pids } = trial.site;
  // The first ones make the server load and compile what it needs for any.
  const first = await each(ids(8), () => Line.open(trial.site.ports[0]!));
  const before = rss(pids.server);
  const meter = new Meter(pids);
  let ended = 0;
  const lines = await each(ids(size(trial)), open, gap);
  for (const line of lines) line.onEnd = () => ended++;
  return await withLines([...first, ...lines], async () => {
    await delay(trial.brief ? SETTLE / 4 : SETTLE);
    const usage = meter.read();
    const extra = { name: 'bytes each', value: (usage.rss - before) / lines.length };
    return { operations: lines.length, usage, lost: ended, extra };
  });
}
