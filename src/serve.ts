import { InProcessHub } from './bus/in-process.js';
import type { Config } from './config.js';
import { openLog } from './ops/log.js';
import { stopOnSignals } from './ops/shutdown.js';
import { ChatServer } from './server.js';
import { openEmbedded } from './store/embedded/embedded.js';

/** Opens the back ends that the config asks for, and serves until a signal. Rejects when it cannot start. */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config['log-level']);
  const store = openEmbedded(config.data);
  const server = new ChatServer(config, store, new InProcessHub().bus(), log);
  const port = await server.start();
  stopOnSignals(log, () => server.stop());
  log.info({ ip: config.ip, port, data: config.data }, 'listening');
}
