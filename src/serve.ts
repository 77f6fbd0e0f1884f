import cluster from 'node:cluster';
import { Backends, mysqlUrl } from './backends.js';
import type { Config } from './config.js';
import { type Log, openLog } from './ops/log.js';
import { tellRoom } from './ops/room.js';
import { stopOnSignals } from './ops/shutdown.js';
import { ChatServer } from './server.js';
import { warnOfColumns } from './setup/warnings.js';
import type { Notice } from './workers/ipc.js';
import { supervise } from './workers/supervise.js';

/**
 * Opens the back ends that the config asks for, and serves until a signal. Rejects when it cannot start.
 *
 * @param args the command line that config was read from
 */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const log = openLog(config['log-level']);
  const { ip, workers } = config;
  if (cluster.isWorker) {
    log.debug({ ip, port: await serveAlone(config, log) }, 'listening');
    return;
  }
  const port = workers > 1 ? await supervise(config, args, log) : await serveAlone(config, log);
  const url = mysqlUrl(config);
  if (url !== undefined) await warnOfColumns(url, config['mysql-charset'], log);
  const clients = tellRoom(log, config['mysql-pool'], workers);
  log.info({ ip, port, ...(workers > 1 && { workers }), clients }, 'listening');
}

/** Serves in this process. Resolves with the port. */
async function serveAlone(config: Config, log: Log): Promise<number> {
  const backends = new Backends(config, log);
  const store = await backends.openStore();
  const server = new ChatServer(config, store, backends.openBus(), log);
  const stop = stopOnSignals(log, () => server.stop());
  if (cluster.isWorker) {
    process.on('message', (notice: Notice) => notice.op === 'stop' && stop('told by the primary process'));
    process.on('disconnect', () => stop('the primary process is gone'));
  }
  return server.start();
}
