import { Line, withLines } from '../../src/compat/load/line.js';
import { Meter } from '../../src/compat/load/usage.js';
import { login } from './message.js';
import { each, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';

/** The longest that the event loop was held since the server was asked last, in seconds. */
const STALL = /^nodejs_eventloop_lag_max_seconds (\S+)$/m;

/**
 * 8,000 users who are connected log in at the same moment: how long the server's event loop was held at the longest, by
 * its own metric. What another program takes from it on a busy machine is in that.
 */
export const rush: Scenario = {
  name: 'rush',
  operation: 'login that stays',
  nodes: 1,
  watched: true,
  embedded: true,
  onRelay: false,
  run: async (trial) => {
    const users = ids(trial.brief ? 1000 : 8000);
    await seedUsers(storageOf(trial), users.length);
    const lines = await each(users, () => Line.open(trial.site.ports[0]!));
    return await withLines(lines, () => logIn(trial, users, lines));
  },
};

async function logIn({ site }: Trial, users: readonly number[], lines: readonly Line[]): Promise<Outcome> {
  await stall(site.admin);
  const alone = await stall(site.admin);
  const meter = new Meter(site.pids);
  const answers = await Promise.all(lines.map((line, i) => line.ask(login(users[i]!))));
  const usage = meter.read();
  const lost = answers.filter(({ errno }) => errno !== 0).length;
  const value = await stall(site.admin);
  const remark = `${alone.toFixed(1)} ms from one look at it to the next`;
  return { operations: users.length, usage, lost, extra: { name: 'ms', value }, remark };
}

/** In ms; being asked begins a new measurement. */
async function stall(admin: string | undefined): Promise<number> {
  const metrics = await (await fetch(`${admin}/metrics`)).text();
  return Number(STALL.exec(metrics)?.[1]) * 1000;
}
