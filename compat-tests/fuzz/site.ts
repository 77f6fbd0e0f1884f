import type { Database } from '../harness/database.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';
import { type Server, startServer } from '../harness/server.js';

/** What is fuzzed: nodes, and the database they share. */
export interface FuzzSite {
  readonly nodes: readonly Server[];
  readonly database: Database;
  stop(): Promise<void>;
}

/** The shortest pace there is: queues build up behind it, and login replies are cut, but sessions stay short. */
const options = (pace: 0 | 1) => ['--login-failures', '0', '--pace', `${pace}`];

/** One node with its embedded store, and with a pace. */
export async function embeddedSite(): Promise<FuzzSite> {
  const folder = newFolder();
  const file = `${folder.path}/chat.db`;
  const node = await startServer(['--data', file, ...options(1)]);
  const database = openEmbedded(file);
  const stop = async () => {
    await node.child.stop('SIGKILL');
    await database.close();
    folder.remove();
  };
  return { nodes: [node], database, stop };
}

/** Two nodes on MariaDB and Redis, one of them with a pace. */
export async function clusterSite(): Promise<FuzzSite> {
  const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
  const url = await mariadb.createDatabase('chat');
  const services = ['--mysql', url, '--redis', redis.url];
  const nodes = [
    await startServer([...services, ...options(0)]),
    await startServer([...services, ...options(1)]),
  ];
  const database = await openMysql(url);
  const stop = async () => {
    for (const { child } of nodes) await child.stop('SIGKILL');
    await database.close();
    await Promise.all([mariadb.stop(), redis.stop()]);
  };
  return { nodes, database, stop };
}
