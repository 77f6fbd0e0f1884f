import { join } from 'node:path';
import type { Database } from '../harness/database.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import type { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { freePort } from '../harness/port.js';
import type { Redis } from '../harness/redis.js';
import { type Server, startOriginal, startServer } from '../harness/server.js';

/** What a recording is replayed against: nodes and the database they share. */
export interface Site {
  readonly nodes: readonly Server[];
  readonly database: Database;
  /** The nodes take one read for one document, as the original does (PROTOCOL.md section 2). */
  readonly original: boolean;
  close(): Promise<void>;
}

// As the original: it believes every id, and writes at once.
const AS_ORIGINAL = ['--trust-client-ids', '--pace', '0'];

/** One node of ours with its embedded store. */
export async function embeddedSite(): Promise<Site> {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const node = await startServer(['--data', file, ...AS_ORIGINAL]);
  return site([node], openEmbedded(file), false, () => folder.remove());
}

/** Two nodes of ours on a new database of a MariaDB, and a Redis. */
export async function clusterSite(mariadb: MariaDb, redis: Redis): Promise<Site> {
  const url = await mariadb.createDatabase('chat');
  const options = ['--mysql', url, '--redis', redis.url, ...AS_ORIGINAL];
  const servers = await several(2, () => startServer(options));
  return site(servers, await openMysql(url), false);
}

/** Originals on a new database `chat`; the services must be on the ports compiled into them. */
export async function originalSite(binary: string, mariadb: MariaDb, nodes: number): Promise<Site> {
  const url = await mariadb.createDatabase('chat');
  const servers = await several(nodes, async () => startOriginal(binary, await freePort()));
  return site(servers, await openMysql(url), true);
}

async function several(count: number, start: () => Promise<Server>): Promise<Server[]> {
  const servers: Server[] = [];
  while (servers.length < count) servers.push(await start());
  return servers;
}

function site(nodes: Server[], database: Database, original: boolean, more = () => {}): Site {
  const close = async () => {
    await database.close();
    for (const { child } of nodes) await child.stop('SIGKILL');
    more();
  };
  return { nodes, database, original, close };
}
