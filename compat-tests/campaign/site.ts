import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Database } from '../harness/database.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';
import { RedisCluster } from '../harness/redis-cluster.js';
import { RedisSentinels } from '../harness/redis-sentinels.js';
import type { ServiceOptions } from '../harness/service.js';
import type { Tables } from '../harness/tables.js';
import { Link } from './link.js';
import { CampaignNode, type Links } from './node.js';
import type { CampaignOptions, Joined } from './options.js';
import { CampaignOriginal } from './original.js';

/** How long a row may stay when nothing is on its way any more, in milliseconds. */
const STAYS = 30_000;

/** The account of the nodes: its rights can be taken away. */
const ACCOUNT = `'chat'@'127.0.0.1'`;
const GRANTS = ['user', 'friend', 'allgroup', 'groupuser', 'offlinemessage'].map(
  (table) => `grant select, insert, update, delete on chat.${table} to ${ACCOUNT}`,
);
/** Messages with numbers need these rights. The first of them makes the table. */
const NUMBERS = `grant select, insert, update, create on chat.chatseq to ${ACCOUNT}`;

/** With these options a user can log in without a limit, and is written to without a gap. */
const OPTIONS = ['--login-failures', '0', '--pace', '0'];

const JOIN: Readonly<
  Record<Joined, (place?: ServiceOptions) => Promise<Redis | RedisCluster | RedisSentinels>>
> = {
  alone: (place) => Redis.start(place),
  cluster: () => RedisCluster.start({ masters: 3, replicas: 1 }),
  sentinel: () => RedisSentinels.start(),
};

/** Everything that can be broken. */
export class CampaignSite {
  readonly nodes: CampaignNode[] = [];
  readonly originals: CampaignOriginal[] = [];
  readonly mariadb: MariaDb | undefined;
  /** The one Redis that joins the nodes. */
  readonly redis: Redis | undefined;
  /** Several that do. */
  readonly masters: RedisCluster | RedisSentinels | undefined;
  readonly #leave: (() => void)[] = [];

  private constructor(mariadb?: MariaDb, redis?: Redis | RedisCluster | RedisSentinels) {
    this.mariadb = mariadb;
    if (redis instanceof Redis) this.redis = redis;
    else this.masters = redis;
  }

  /** Starts the services and the nodes that the options ask for, on a database with these rows. */
  static async start(options: CampaignOptions, rows: Partial<Tables>): Promise<CampaignSite> {
    if (options.mode === 'embedded') return await CampaignSite.#embedded(options, rows);
    // Those that are compiled into an original.
    const [database, channels] = options.originals > 0 ? [{ port: 3306 }, { port: 6379 }] : [];
    const mariadb = await MariaDb.start(database);
    const redis = options.mode === 'nodes' ? await JOIN[options.redis](channels) : undefined;
    const site = new CampaignSite(mariadb, redis);
    await seed(await openMysql(await mariadb.createDatabase('chat')), rows);
    await site.sql(`create user ${ACCOUNT} identified by 'pw'`, ...GRANTS, NUMBERS);
    const nodes = options.mode === 'nodes' ? options.count : 1;
    const more = options.mode === 'workers' ? ['--workers', `${options.count}`] : [];
    while (site.nodes.length < nodes) {
      const isLast = site.nodes.length === nodes - 1;
      await site.#addNode([...OPTIONS, ...more, ...options.server], isLast ? options.old : undefined);
    }
    while (site.originals.length < options.originals) site.originals.push(await CampaignOriginal.start());
    return site;
  }

  static async #embedded({ server }: CampaignOptions, rows: Partial<Tables>): Promise<CampaignSite> {
    const site = new CampaignSite();
    const folder = newFolder();
    site.#leave.push(() => folder.remove());
    const options = ['--data', join(folder.path, 'chat.db'), ...OPTIONS, ...server];
    const node = await CampaignNode.start({}, options);
    await seed(openEmbedded(join(folder.path, 'chat.db')), rows);
    site.nodes.push(node);
    return site;
  }

  /** Runs statements as root, on a connection of their own. */
  async sql(...statements: string[]): Promise<void> {
    const connection = await this.connect();
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  /** A connection to the database as root. */
  async connect(): Promise<Connection> {
    if (this.mariadb === undefined) throw new Error('there is no MariaDB');
    return await createConnection(this.mariadb.url('chat'));
  }

  /**
   * How many messages stay stored; 0 where there is no MariaDB. A row that has left is deleted by a node a moment later, so
   * it is asked again until there is none, or STAYS has passed: what is left then would come again.
   */
  async stored(): Promise<number> {
    if (this.mariadb === undefined) return 0;
    const connection = await this.connect();
    try {
      for (const latest = performance.now() + STAYS; ; await delay(250)) {
        const [[row]] = await connection.query<RowDataPacket[]>('select count(*) as n from offlinemessage');
        const count = Number(row?.n);
        if (count === 0 || performance.now() > latest) return count;
      }
    } finally {
      await connection.end();
    }
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) {
      await node.kill();
      for (const link of Object.values(node.links)) link.close();
    }
    for (const original of this.originals) await original.kill();
    await Promise.all([this.mariadb?.stop(), this.redis?.stop(), this.masters?.stop()]);
    for (const leave of this.#leave) leave();
  }

  async #addNode(options: readonly string[], program: string | undefined): Promise<void> {
    const links: { -readonly [Name in keyof Links]: Links[Name] } = {};
    if (this.mariadb !== undefined) links.database = await Link.to(this.mariadb.port);
    if (this.redis !== undefined) links.redis = await Link.to(this.redis.port);
    const mysql = `mysql://chat:pw@127.0.0.1:${links.database?.port}/chat`;
    const url = links.redis === undefined ? this.masters?.url : `redis://127.0.0.1:${links.redis.port}`;
    const redis = url === undefined ? [] : ['--redis', url];
    this.nodes.push(await CampaignNode.start(links, ['--mysql', mysql, ...redis, ...options], program));
  }
}

async function seed(database: Database, rows: Partial<Tables>): Promise<void> {
  await database.seed(rows);
  await database.close();
}
