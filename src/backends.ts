import cluster from 'node:cluster';
import { Bus } from './bus/bus.js';
import { InProcessHub } from './bus/in-process.js';
import type { Medium } from './bus/medium.js';
import { SocketMedium } from './bus/sockets.js';
import { poolOfEach } from './config/pool.js';
import type { Config } from './config.js';
import { DatabaseWatch } from './ops/database-watch.js';
import { Health } from './ops/health.js';
import type { Log } from './ops/log.js';
import { watchedStore } from './ops/watched-store.js';
import type { Settings } from './options.js';
import { realPath } from './store/embedded/file.js';
import { openMessageFiles } from './store/embedded/message-files.js';
import { openThreaded } from './store/embedded/threaded.js';
import { onlyKnownUsers } from './store/known-users.js';
import type { MessageFile } from './store/message-file.js';
import type { Store } from './store/store.js';
import { workersFolder } from './workers/folder.js';

/** The addresses that the original has compiled in (PROTOCOL.md section 1). */
const DROP_IN = { mysql: 'mysql://root:123456@127.0.0.1:3306/chat', redis: 'redis://127.0.0.1:6379' };

/** The services that a node needs, and how they are. */
export class Backends {
  /** How the database is, and Redis where there is one. */
  readonly health: readonly Health[];
  private readonly database: Health;
  private readonly redis: Health;
  private readonly config: Config;
  private readonly log: Log;

  constructor(config: Config, log: Log) {
    this.config = config;
    this.log = log;
    this.database = new Health('the database', log);
    this.redis = new Health('Redis', log);
    this.health = redisUrl(config) === undefined ? [this.database] : [this.database, this.redis];
  }

  /**
   * The store that the config asks for. As the original's it takes messages for anyone only when clients are
   * trusted (DIFFERENCES 21). Rejects, in one line, when it cannot be used.
   */
  async openStore(): Promise<Store> {
    const store = await this.open();
    return this.config['trust-client-ids'] ? store : onlyKnownUsers(store);
  }

  /** The store, and the file of `--spool` if one is asked for. Rejects as openStore does. */
  async openStores(): Promise<{ readonly store: Store; readonly spool: MessageFile | undefined }> {
    const { spool: file } = this.config;
    const spool = file === undefined ? undefined : openMessageFiles(file, cluster.isWorker);
    try {
      return { store: await this.openStore(), spool };
    } catch (error) {
      spool?.close();
      throw error;
    }
  }

  private async open(): Promise<Store> {
    const { config, database } = this;
    const url = mysqlUrl(config);
    if (url === undefined) {
      const { passwordLength } = config.dialect;
      const store = await openThreaded({ file: config.data, shared: cluster.isWorker, passwordLength });
      return watchedStore(store, database);
    }
    const watch = new DatabaseWatch(database, this.log);
    const { 'mysql-charset': charset, dialect } = config;
    const poolSize = poolOfEach(config);
    // A server without MySQL starts sooner when it does not load the driver; so with Redis below.
    const { openMysql } = await import('./store/mysql/mysql.js');
    const store = await openMysql({ url, charset, poolSize, watch, tables: dialect.tables });
    database.probe(() => store.user(0));
    return store;
  }

  /**
   * The bus that the config asks for; it connects when it is started.
   *
   * @param through may put something between the bus and what carries it
   */
  async openBus(through = (medium: Medium) => medium): Promise<Bus> {
    return new Bus(through(await this.openMedium()), this.config.dialect);
  }

  private async openMedium(): Promise<Medium> {
    const url = redisUrl(this.config);
    const folder = workersFolder();
    if (url === undefined)
      return folder === undefined ? new InProcessHub().medium() : new SocketMedium(folder);
    const onChange = (reason: string | undefined) =>
      reason === undefined ? this.redis.back() : this.redis.failed(reason);
    const onIntruder = (reason: string) => this.log.error({ reason }, 'messages may not arrive');
    const { RedisMedium } = await import('./bus/redis/redis.js');
    return new RedisMedium({ url, onChange, onIntruder });
  }
}

/** The files that a server with these settings writes, and that nobody else is to read; some may not be there. */
export function privateFiles(settings: Settings): string[] {
  const { data, spool, 'log-file': log } = settings;
  const databases = [usesEmbedded(settings) && data !== ':memory:' ? data : undefined, spool];
  const beside = (file: string) => ['', '-wal', '-shm'].map((end) => `${realPath(file)}${end}`);
  const files = databases.flatMap((file) => (file === undefined ? [] : beside(file)));
  return log === undefined ? files : [...files, log];
}

/** Whether the config asks for the embedded store. */
export function usesEmbedded(settings: Settings): boolean {
  return mysqlUrl(settings) === undefined;
}

/** The database that the settings ask for; undefined for the embedded one. */
export function mysqlUrl(settings: Settings): string | undefined {
  return settings.mysql ?? (settings['drop-in'] ? DROP_IN.mysql : undefined);
}

/** The Redis that the settings ask for; undefined for none. */
export function redisUrl(settings: Settings): string | undefined {
  return settings.redis ?? (settings['drop-in'] ? DROP_IN.redis : undefined);
}
