import { withLines } from '../../src/compat/load/line.js';
import { Meter } from '../../src/compat/load/usage.js';
import { fill, withCrowd } from './crowd.js';
import { enter } from './enter.js';
import { each, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';

/** SIGTERM with 8,000 users who do nothing, not even close when their server does. */
export const stopSilent: Scenario = {
  name: 'stop-silent',
  operation: 'user set offline',
  nodes: 1,
  onRelay: false,
  run: async (trial) => {
    const users = ids(trial.brief ? 1000 : 8000);
    await seedUsers(storageOf(trial), users.length);
    const lines = await each(users, (id) => enter(trial.site.ports[0]!, id, { allowHalfOpen: true }));
    return await withLines(lines, () => stop(trial, users.length));
  },
};

/** SIGTERM with 60,000 users on four workers. */
export const stopCrowd: Scenario = {
  name: 'stop-crowd',
  operation: 'user set offline',
  nodes: 1,
  workers: 4,
  onRelay: false,
  run: (trial) =>
    withCrowd(trial, async (_, clients, count) => {
      await fill(trial.site.ports[0]!, clients, count);
      return await stop(trial, clients.length * count);
    }),
};

async function stop({ site, target }: Trial, operations: number): Promise<Outcome> {
  if (site.end === undefined) throw new Error(`${target.name} cannot be ended by itself`);
  // Processes that have ended cannot be asked any more what they have used.
  const meter = new Meter({ ...site.pids, server: [] });
  const endings = await site.end();
  const usage = meter.read();
  const lost = (await site.storage?.online()) ?? 0;
  const failure = endings.every((how) => how === 0) ? undefined : `exit ${endings}`;
  return { operations, usage, lost, failure, remark: `${usage.seconds.toFixed(1)} s` };
}
