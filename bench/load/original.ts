import { freePort } from '../../compat-tests/harness/port.js';
import { type Server, startOriginal } from '../../compat-tests/harness/server.js';
import type { Services } from './services.js';
import type { Target } from './target.js';

/** The original lives through one login in this time, in ms. */
const LOGIN_GAP = 3;

/** The original server, by the path of its binary. Its database and Redis are at the ports it has compiled in. */
export function original(binary: string, services: () => Promise<Services>): Target {
  return {
    name: 'the original',
    kind: 'chat',
    loginGap: LOGIN_GAP,
    hasWorkers: false,
    hasWeb: false,
    start: async ({ nodes }) => {
      const { database, pids } = await place(services);
      const servers: Server[] = [];
      while (servers.length < nodes) servers.push(await startOriginal(binary, await freePort()));
      return {
        ports: servers.map(({ port }) => port),
        pids: { ...pids, server: servers.map(({ child }) => child.pid) },
        storage: database,
        stop: async () => {
          for (const { child } of servers) await child.stop('SIGKILL');
          await database.close();
        },
      };
    },
  };
}

async function place(services: () => Promise<Services>) {
  const running = await services();
  const { storage } = await running.database();
  return { database: storage, pids: running.pids };
}
