import type { Database } from '../harness/database.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

/** Nodes on one database and one Redis, all private. */
export class ClusterSite {
  readonly mariadb: MariaDb;
  readonly redis: Redis;
  readonly database: Database;
  readonly nodes: Server[] = [];
  readonly #url: string;

  private constructor(mariadb: MariaDb, redis: Redis, url: string, database: Database) {
    this.mariadb = mariadb;
    this.redis = redis;
    this.#url = url;
    this.database = database;
  }

  /** Starts the services and so many nodes of ours. */
  static async start(nodes: number): Promise<ClusterSite> {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
    const url = await mariadb.createDatabase('chat');
    const site = new ClusterSite(mariadb, redis, url, await openMysql(url));
    while (site.nodes.length < nodes) site.nodes.push(await site.startNode());
    return site;
  }

  /** A node of ours without a gap between writes, which is not in `nodes`. */
  startNode(port = 0, ...options: string[]): Promise<Server> {
    return startServer(['--mysql', this.#url, '--redis', this.redis.url, '--pace', '0', ...options], port);
  }

  node(index: number): Server {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
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

  async stop(): Promise<void> {
    for (const { child } of this.nodes) await child.stop('SIGKILL');
    await this.database.close();
    await Promise.all([this.mariadb.stop(), this.redis.stop()]);
  }
}
