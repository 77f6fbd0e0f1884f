import type { ReplaySite } from '../../src/compat/replay/replay.js';
import { until } from '../harness/deadline.js';
import type { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { freePort } from '../harness/port.js';
import type { Redis } from '../harness/redis.js';
import { type Server, startOriginal, startServer } from '../harness/server.js';
import { Site } from '../harness/site.js';

type Rows = Awaited<ReturnType<Site['database']['rows']>>;

// As the original: it believes every id, and writes at once.
const AS_ORIGINAL = ['--trust-client-ids', '--pace', '0'];

/** One node of ours with its embedded store. */
export function embeddedSite(...options: string[]): Promise<Site> {
  return Site.embedded(...AS_ORIGINAL, ...options);
}

/** Two nodes of ours on a new database of a MariaDB, and a Redis. */
export async function clusterSite(mariadb: MariaDb, redis: Redis, ...options: string[]): Promise<Site> {
  const url = await mariadb.createDatabase('chat');
  const given = ['--mysql', url, '--redis', redis.url, ...AS_ORIGINAL, ...options];
  const servers = await several(2, () => startServer(given));
  return new Site(servers, await openMysql(url));
}

/** One node of ours with two workers, on a new database of a MariaDB. */
export async function workersSite(mariadb: MariaDb, ...options: string[]): Promise<Site> {
  const url = await mariadb.createDatabase('chat');
  const server = await startServer(['--mysql', url, '--workers', '2', ...AS_ORIGINAL, ...options]);
  return new Site([server], await openMysql(url));
}

/** Originals on a new database `chat`; the services must be on the ports compiled into them. */
export async function originalSite(binary: string, mariadb: MariaDb, nodes: number): Promise<Site> {
  const url = await mariadb.createDatabase('chat');
  const servers = await several(nodes, async () => startOriginal(binary, await freePort()));
  return new Site(servers, await openMysql(url));
}

/**
 * A site for recordings, whose rows are looked at.
 *
 * @param oneRead its nodes take one read for one document
 * @param seen which of the rows are looked at
 */
export function forReplay(site: Site, oneRead = false, seen = (rows: Rows) => rows): ReplaySite {
  const { database } = site;
  return {
    node: (index) => site.node(index),
    interrupt: (index) => site.node(index).child.stop('SIGINT'),
    gone: (ids) =>
      until(
        async () => !(await database.online()).some((id) => ids.includes(id)),
        `users ${ids} to be offline`,
      ),
    rows: async () => seen(await database.rows()),
    oneRead,
  };
}

async function several(count: number, start: () => Promise<Server>): Promise<Server[]> {
  const servers: Server[] = [];
  while (servers.length < count) servers.push(await start());
  return servers;
}
