import type { Database } from '../harness/database.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { freePort } from '../harness/port.js';
import { Redis } from '../harness/redis.js';
import { type Server, startServer } from '../harness/server.js';
import { Site } from '../harness/site.js';
import { User } from '../harness/user.js';

/** Nodes on one database and one Redis, all private. */
export class ClusterSite extends Site {
  readonly mariadb: MariaDb;
  readonly redis: Redis;
  readonly url: string;

  private constructor(mariadb: MariaDb, redis: Redis, url: string, database: Database) {
    super([], database, async () => {
      await Promise.all([mariadb.stop(), redis.stop()]);
    });
    this.mariadb = mariadb;
    this.redis = redis;
    this.url = url;
  }

  /** Starts the services and so many nodes of ours; `optionsOf` gives the options of each by its index. */
  static async start(nodes: number, optionsOf = (_index: number): string[] => []): Promise<ClusterSite> {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
    const url = await mariadb.createDatabase('chat');
    const site = new ClusterSite(mariadb, redis, url, await openMysql(url));
    // A node may be started again: no client of anybody takes its port meanwhile.
    for (let n = 0; n < nodes; n++) site.nodes.push(await site.startNode(await freePort(), ...optionsOf(n)));
    return site;
  }

  /** A node of ours without a gap between writes, unless the options say so, which is not in `nodes`. */
  startNode(port = 0, ...options: string[]): Promise<Server> {
    const services = ['--mysql', this.url, '--redis', this.redis.url];
    // `settle` is a login that fails.
    return startServer([...services, '--pace', '0', '--login-failures', '0', ...options], port);
  }

  /** Makes these the only accounts, all offline with the password `pw`, and empties everything else. */
  async accounts(...ids: number[]): Promise<void> {
    await this.database.seed({
      user: ids.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
    });
  }

  /** Logs a user in on a node. */
  online(node: number, id: number): Promise<User> {
    return User.online(this.node(node), id);
  }
}
