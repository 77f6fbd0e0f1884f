import { withLines } from '../../src/compat/load/line.js';
import { Meter, type Usage } from '../../src/compat/load/usage.js';
import { fill, PROCESSES, withCrowd } from './crowd.js';
import { enter } from './enter.js';
import { each, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';

/** Between two looks at what a process uses that is about to end, in ms. */
const LOOK = 20;

/** SIGTERM with 8,000 users who do nothing, not even close when their server does. */
export const stopSilent: Scenario = {
  name: 'stop-silent',
  operation: 'user set offline',
  nodes: 1,
  onlyOurs: true,
  onRelay: false,
  run: async (trial) => {
    const users = ids(trial.brief ? 1000 : 8000);
    await seedUsers(storageOf(trial), users.length);
    const lines = await each(users, (id) => enter(trial.site.ports[0]!, id, { allowHalfOpen: true }));
    return await withLines(lines, () => stop(trial, users.length));
  },
};

/** SIGTERM with 60,000 users on four workers. */
export const stopCrowd = stopWith('stop-crowd', PROCESSES, 4);

/** The same with 210,000, and as many workers as may hold them where each process may open 20,000 files. */
export const stopGreatCrowd = stopWith('stop-great-crowd', 14, 14);

function stopWith(name: string, processes: number, workers: number): Scenario {
  return {
    name,
    operation: 'user set offline',
    nodes: 1,
    workers,
    onRelay: false,
    run: (trial) =>
      withCrowd(trial, processes, async (_, all) => {
        await fill(trial.site.ports[0]!, all);
        return await stop(trial, all.processes * all.each);
      }),
  };
}

async function stop({ site, target }: Trial, operations: number): Promise<Outcome> {
  if (site.end === undefined) throw new Error(`${target.name} cannot be ended by itself`);
  const meter = new Meter({ ...site.pids, server: [] });
  const processes = site.pids.server.map((pid) => new Last(pid));
  const looks = setInterval(() => {
    for (const one of processes) one.look();
  }, LOOK);
  const endings = await site.end();
  clearInterval(looks);
  const usage = { ...meter.read(), ...together(processes) };
  const lost = (await site.storage?.online()) ?? 0;
  const failure = endings.every((how) => how === 0) ? undefined : `exit ${endings}`;
  return { operations, usage, lost, failure, remark: `${usage.seconds.toFixed(1)} s` };
}

/** The last look at the resources of a process that ends: afterwards it cannot be asked. */
class Last {
  readonly #meter: Meter;
  server = 0;
  serverUser = 0;

  constructor(pid: number) {
    this.#meter = new Meter({ server: [pid], database: [], bus: [] });
  }

  look(): void {
    const { server, serverUser } = this.#meter.read();
    if (server > this.server) Object.assign(this, { server, serverUser });
  }
}

function together(all: readonly Last[]): Pick<Usage, 'server' | 'serverUser'> {
  const sum = (value: (one: Last) => number) => all.reduce((total, one) => total + value(one), 0);
  return { server: sum(({ server }) => server), serverUser: sum(({ serverUser }) => serverUser) };
}
