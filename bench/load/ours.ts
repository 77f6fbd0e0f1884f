import { Child } from '../../compat-tests/harness/child.js';
import { childrenOf } from '../../src/compat/load/usage.js';
import { embedded, onServices, type Place } from './place.js';
import type { Services } from './services.js';
import type { Site, Target } from './target.js';

export interface OursOptions {
  /** Gives MariaDB and Redis; without, it runs on its embedded store, alone. */
  readonly services?: (() => Promise<Services>) | undefined;
  /** Arguments for node, before the server's own. */
  readonly nodeArgs?: readonly string[];
  /** More options of the server. */
  readonly options?: readonly string[];
}

/** A site of ours, and where its nodes can be watched, if they let themselves be. */
export interface OurSite extends Site {
  readonly adminUrls: readonly string[];
}

interface OurTarget extends Target {
  start(nodes: number, workers?: number, web?: boolean): Promise<OurSite>;
}

/** Our server, without a pace: it may write as fast as it can. */
export function ours({ services, nodeArgs = [], options = [] }: OursOptions): OurTarget {
  return {
    name: services === undefined ? 'ours, embedded' : 'ours',
    kind: 'chat',
    loginGap: 0,
    hasWorkers: true,
    hasWeb: true,
    start: async (nodes, workers = 1, web = false) => {
      const place = services === undefined ? embedded() : await onServices(await services(), workers === 1);
      const shared = workers === 1 ? [] : ['--workers', `${workers}`];
      const args = [
        'dist/main.js',
        '127.0.0.1',
        '0',
        '--pace',
        '0',
        ...shared,
        ...(web ? ['--web', '0'] : []),
        ...options,
      ];
      return await start(place, nodes, [...nodeArgs, ...args]);
    },
  };
}

async function start(place: Place, nodes: number, args: readonly string[]): Promise<OurSite> {
  const servers: Child[] = [];
  const stop = async () => {
    for (const server of servers) await server.stop();
    await place.leave();
  };
  try {
    const ports: number[] = [];
    while (ports.length < nodes) {
      const child = new Child(process.execPath, [...args, ...place.options]);
      servers.push(child);
      ports.push(await listening(child));
    }
    const pids = { ...place.pids, server: servers.flatMap(({ pid }) => [pid, ...childrenOf(pid)]) };
    const end = () => Promise.all(servers.map((server) => server.end()));
    const web = servers.flatMap(webPort)[0];
    return { end, web, ports, pids, storage: place.storage, stop, adminUrls: servers.flatMap(adminUrl) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listening(server: Child): Promise<number> {
  const [line] = await server.logged(/^\{.*"msg":"listening".*\}$/m);
  return (JSON.parse(line) as { port: number }).port;
}

/** It says where before it says that it listens. */
function adminUrl({ log }: Child): string[] {
  const [, port] = /"port":(\d+),"msg":"the admin page is open"/.exec(log) ?? [];
  return port === undefined ? [] : [`http://127.0.0.1:${port}`];
}

/** It says where when it listens. */
function webPort({ log }: Child): number[] {
  const [, port] = /"web":"https?:\/\/[^"]*:(\d+)\/?"/.exec(log) ?? [];
  return port === undefined ? [] : [Number(port)];
}
