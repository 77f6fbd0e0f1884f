import { MariaDb } from '../../compat-tests/harness/mariadb.js';
import { Redis } from '../../compat-tests/harness/redis.js';
import { childrenNamed } from '../../src/compat/load/usage.js';
import { mysqlStorage, type Storage } from './storage.js';

const DURABLE = { onDisk: true, args: ['--innodb-flush-log-at-trx-commit=1'] };

/** A private MariaDB and Redis for all servers of a run. */
export class Services {
  readonly #mariadb: MariaDb;
  readonly #redis: Redis;
  readonly pids: { readonly database: readonly number[]; readonly bus: readonly number[] };

  private constructor(mariadb: MariaDb, redis: Redis) {
    this.#mariadb = mariadb;
    this.#redis = redis;
    this.pids = { database: childrenNamed('mariadbd'), bus: childrenNamed('redis-server') };
  }

  /**
   * Starts both, on free ports or on those compiled into an original binary.
   *
   * @param durable whether the database is on disk and each commit waits for it, as MariaDB is unless told otherwise
   */
  static async start(ofOriginal: boolean, durable = false): Promise<Services> {
    const place = ofOriginal ? { port: 3306 } : {};
    const mariadb = await MariaDb.start(durable ? { ...place, ...DURABLE } : place);
    try {
      return new Services(mariadb, await Redis.start(ofOriginal ? { port: 6379 } : {}));
    } catch (error) {
      await mariadb.stop();
      throw error;
    }
  }

  get redisUrl(): string {
    return this.#redis.url;
  }

  /** An empty database `chat`; the one before is dropped. */
  async database(): Promise<{ url: string; storage: Storage }> {
    const url = await this.#mariadb.createDatabase('chat');
    return { url, storage: await mysqlStorage(url) };
  }

  async stop(): Promise<void> {
    await this.#redis.stop();
    await this.#mariadb.stop();
  }
}
