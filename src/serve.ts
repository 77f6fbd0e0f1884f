import cluster from 'node:cluster';
import { openBus, openStore } from './backends.js';
import type { Config } from './config.js';
import { openLog } from './ops/log.js';
import { stopOnSignals } from './ops/shutdown.js';
import { ChatServer } from './server.js';
import type { Notice } from './workers/ipc.js';
import { supervise } from './workers/supervise.js';

/**
 * Opens the back ends that the config asks for, and serves until a signal. Rejects when it cannot start.
 *
 * @param args the command line that config was read from
 */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const log = openLog(config['log-level']);
  if (config.workers > 1 && cluster.isPrimary) return supervise(config, args, log);
  const store = await openStore(config);
  const server = new ChatServer(config, store, openBus(config, log), log);
  const stop = stopOnSignals(log, () => server.stop());
  if (cluster.isWorker) {
    process.on('message', (notice: Notice) => notice.op === 'stop' && stop('told by the primary process'));
    process.on('disconnect', () => stop('the primary process is gone'));
  }
  const port = await server.start();
  // The primary process says it for all its workers.
  log[cluster.isWorker ? 'debug' : 'info']({ ip: config.ip, port }, 'listening');
}
