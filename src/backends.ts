import cluster from 'node:cluster';
import type { Bus } from './bus/bus.js';
import { InProcessHub } from './bus/in-process.js';
import { openRedis } from './bus/redis.js';
import type { Config } from './config.js';
import type { Log } from './ops/log.js';
import type { Settings } from './options.js';
import { openEmbedded } from './store/embedded/embedded.js';
import { openMysql } from './store/mysql/mysql.js';
import type { Store } from './store/store.js';
import { WorkerBus } from './workers/worker-bus.js';

/** What the original has compiled in (PROTOCOL.md section 1). */
const DROP_IN = { mysql: 'mysql://root:123456@127.0.0.1:3306/chat', redis: 'redis://127.0.0.1:6379' };

/** Whether the config asks for the embedded store. */
export function usesEmbedded(settings: Settings): boolean {
  return mysqlUrl(settings) === undefined;
}

/** The store that the config asks for. Rejects, in one line, when it cannot be used. */
export async function openStore(config: Config): Promise<Store> {
  const url = mysqlUrl(config);
  if (url === undefined) return openEmbedded(config.data, cluster.isWorker);
  return openMysql({ url, charset: config['mysql-charset'], poolSize: config['mysql-pool'] });
}

/** The bus that the config asks for; it connects when it is started. */
export function openBus(config: Config, log: Log): Bus {
  const url = config.redis ?? (config['drop-in'] ? DROP_IN.redis : undefined);
  if (url === undefined) return cluster.isWorker ? new WorkerBus() : new InProcessHub().bus();
  const onChange = (reason: string | undefined) =>
    reason === undefined ? log.info('Redis is back') : log.warn({ reason }, 'Redis is away');
  return openRedis({ url, onChange });
}

/** The database that the settings ask for; undefined for the embedded one. */
export function mysqlUrl(settings: Settings): string | undefined {
  return settings.mysql ?? (settings['drop-in'] ? DROP_IN.mysql : undefined);
}
