import { openBus, openStore } from './backends.js';
import type { Config } from './config.js';
import { openLog } from './ops/log.js';
import { stopOnSignals } from './ops/shutdown.js';
import { ChatServer } from './server.js';

/** Opens the back ends that the config asks for, and serves until a signal. Rejects when it cannot start. */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config['log-level']);
  const store = await openStore(config);
  const server = new ChatServer(config, store, openBus(config, log), log);
  stopOnSignals(log, () => server.stop());
  const port = await server.start();
  log.info({ ip: config.ip, port }, 'listening');
}
