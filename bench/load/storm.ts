import type { Line } from '../../src/compat/load/line.js';
import { withLines } from '../../src/compat/load/line.js';
import { Tally } from '../../src/compat/load/tally.js';
import { Meter } from '../../src/compat/load/usage.js';
import { enter } from './enter.js';
import { type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';

/** Everybody comes back at once, as after a restart: so many log in at a time, each once, and stay. */
export function storm(atOnce: number): Scenario {
  return {
    name: `storm-${atOnce}`,
    operation: 'connect, login and stay',
    nodes: 1,
    onRelay: false,
    run: async (trial) => {
      const users = ids(size(trial));
      await seedUsers(storageOf(trial), users.length);
      return await logIn(trial, users, atOnce);
    },
  };
}

/** The users of a node that was restarted: so many come back to one with so many workers, 256 at a time, and stay. */
export function comeBack(workers: number): Scenario {
  return {
    name: workers === 1 ? 'return' : `return-${workers}-workers`,
    operation: 'connect, login and stay',
    nodes: 1,
    workers,
    onlyOurs: true,
    onRelay: false,
    run: async (trial) => {
      const users = ids(trial.brief ? 1000 : 8000);
      await seedUsers(storageOf(trial), users.length);
      return await logIn(trial, users, 256);
    },
  };
}

/** One that dies of many logins is asked for as many as it may live through. */
function size({ brief, target }: Trial): number {
  return brief || target.loginGap > 0 ? 1000 : 12_000;
}

async function logIn({ site }: Trial, users: readonly number[], atOnce: number): Promise<Outcome> {
  const lines: Line[] = [];
  const tally = new Tally();
  const client = async () => {
    for (let id = users[tally.begun]; id !== undefined && tally.going; id = users[tally.begun]) {
      tally.begun++;
      const since = performance.now();
      lines.push(await enter(site.ports[0]!, id));
      tally.finish(since, performance.now());
    }
  };
  const meter = new Meter(site.pids);
  const clients = Array.from({ length: atOnce }, () =>
    client().catch((error: unknown) => tally.fail(`after ${tally.done}: ${error}`)),
  );
  return await withLines(lines, async () => {
    await Promise.all(clients);
    const usage = meter.read();
    const lost = users.length - tally.done;
    return { operations: tally.done, usage, latency: tally.takeLatency(), lost, failure: tally.failure };
  });
}
