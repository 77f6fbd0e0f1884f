import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';
import { type Renamed, renamedTables } from '../harness/schema.js';
import { startServer } from '../harness/server.js';
import { Site } from '../harness/site.js';

/** A MariaDB and a Redis of their own, for sites one after another. */
export class Services {
  readonly mariadb: MariaDb;
  readonly redis: Redis;

  private constructor(mariadb: MariaDb, redis: Redis) {
    this.mariadb = mariadb;
    this.redis = redis;
  }

  static async start(): Promise<Services> {
    return new Services(...(await Promise.all([MariaDb.start(), Redis.start()])));
  }

  /** Two nodes of one dialect on a new database, whose tables and columns may have other names. */
  async nodes(dialect: string, names: Renamed = {}): Promise<Site> {
    // A fork may store hashes of passwords.
    const schema = renamedTables(names).replace(/varchar\(50\)/g, 'varchar(64)');
    const url = await this.mariadb.createDatabase('chat', schema);
    const options = [
      '--mysql',
      url,
      '--redis',
      this.redis.url,
      '--dialect',
      dialect,
      '--login-failures',
      '0',
    ];
    const nodes = [await startServer(options), await startServer(options)];
    return new Site(nodes, await openMysql(url, names));
  }

  async stop(): Promise<void> {
    await Promise.all([this.mariadb.stop(), this.redis.stop()]);
  }
}

/** A server on an embedded store for each dialect, for replays one after another. */
export class SiteOfEach {
  readonly #sites = new Map<string, Site>();

  /**
   * The server of a dialect, without rows.
   *
   * @param key what is the same for the same dialect only
   * @param dialect what --dialect gets
   */
  async of(key: string, dialect: string): Promise<Site> {
    const known = this.#sites.get(key);
    if (known === undefined) {
      const site = await Site.embedded('--dialect', dialect, '--login-failures', '0');
      this.#sites.set(key, site);
      return site;
    }
    await known.database.seed({});
    return known;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sites.values()].map((site) => site.stop()));
  }
}

/** A dialect file that is there until `remove` is called. */
export function writeDialect(file: unknown): { readonly path: string; remove(): void } {
  const folder = newFolder();
  const path = join(folder.path, 'fork.json');
  writeFileSync(path, JSON.stringify(file));
  return { path, remove: () => folder.remove() };
}
