import { join } from 'node:path';
import { Child } from '../../compat-tests/harness/child.js';
import { childrenOf } from '../../src/compat/load/usage.js';
import { embedded, onServices, type Place } from './place.js';
import type { Services } from './services.js';
import type { Shape, Site, Target } from './target.js';

export interface OursOptions {
  /** Gives MariaDB and Redis; without, it runs on its embedded store, alone. */
  readonly services?: (() => Promise<Services>) | undefined;
  /** Whether its embedded store is on disk. */
  readonly onDisk?: boolean;
  /** The folder of another build, and the name of the target then: this one unless given. */
  readonly build?: { readonly folder: string; readonly name: string } | undefined;
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
  start(shape: Shape): Promise<OurSite>;
}

/** Our server, without a pace: it may write as fast as it can. */
export function ours({ services, onDisk, build, nodeArgs = [], options = [] }: OursOptions): OurTarget {
  return {
    name: build?.name ?? (services === undefined ? 'ours, embedded' : 'ours'),
    kind: 'chat',
    loginGap: 0,
    hasWorkers: true,
    hasWeb: true,
    start: async (shape) => {
      const { workers = 1, web, watched } = shape;
      const place =
        services === undefined ? embedded(onDisk) : await onServices(await services(), workers === 1);
      const shared = workers === 1 ? [] : ['--workers', `${workers}`];
      const args = [
        join(build?.folder ?? '', 'dist/main.js'),
        '127.0.0.1',
        '0',
        '--pace',
        '0',
        ...shared,
        ...(web ? ['--web', '0'] : []),
        ...(watched ? ['--admin', '0'] : []),
        ...options,
      ];
      return await start(place, shape.nodes, [...nodeArgs, ...args]);
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
    const adminUrls = servers.flatMap(adminUrl);
    const { storage } = place;
    return { end, web, ports, pids, storage, stop, adminUrls, admin: adminUrls[0] };
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
