import cluster from 'node:cluster';
import type { AskAll, Desk } from './admin/desk.js';
import { Backends, mysqlUrl } from './backends.js';
import type { Config } from './config.js';
import { type Log, openLog } from './ops/log.js';
import { Recent } from './ops/recent.js';
import { tellRoom } from './ops/room.js';
import { stopOnSignals } from './ops/shutdown.js';
import { ChatServer } from './server.js';
import { warnOfColumns } from './setup/warnings.js';
import type { Notice } from './workers/notice.js';
import { supervise } from './workers/supervise.js';

/**
 * Opens the back ends that the config asks for, and serves until a signal. Rejects when it cannot start.
 *
 * @param args the command line that config was read from
 */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const recent = new Recent();
  const log = openLog(config['log-level'], recent);
  if (cluster.isWorker) return serveAsWorker(config, log, recent);
  const { ip, workers } = config;
  const port = workers > 1 ? await serveByWorkers(config, args, log) : await serveAlone(config, log, recent);
  const url = mysqlUrl(config);
  if (url !== undefined) await warnOfColumns(url, config['mysql-charset'], config.dialect.tables, log);
  const clients = tellRoom(log, config['mysql-pool'], workers);
  log.info({ ip, port, ...(workers > 1 && { workers }), clients }, 'listening');
}

async function serveAlone(config: Config, log: Log, recent: Recent): Promise<number> {
  const { server, watched } = await open(config, log, recent);
  stopOnSignals(log, () => server.stop());
  const port = await server.start();
  if (watched !== undefined) {
    const { askHere } = await import('./admin/desk.js');
    await openAdmin(config, askHere(watched()), log);
  }
  return port;
}

async function serveByWorkers(config: Config, args: readonly string[], log: Log): Promise<number> {
  const port = await supervise(config, args, log);
  if (config.admin !== undefined) {
    const { askWorkers } = await import('./admin/workers.js');
    await openAdmin(config, askWorkers, log);
  }
  return port;
}

async function serveAsWorker(config: Config, log: Log, recent: Recent): Promise<void> {
  const { server, watched } = await open(config, log, recent);
  const stop = stopOnSignals(log, () => server.stop());
  process.on('message', (notice: Notice) => notice.op === 'stop' && stop('told by the primary process'));
  process.on('disconnect', () => stop('the primary process is gone'));
  // Or else Node would exit at once when the primary process is gone.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  const port = await server.start();
  if (watched !== undefined) {
    const { answerPrimary } = await import('./admin/workers.js');
    answerPrimary(watched());
  }
  // The primary process says it for all its workers.
  log.debug({ ip: config.ip, port }, 'listening');
}

interface Opened {
  readonly server: ChatServer;
  /** For when it has started, and if anybody may watch it: begins to watch, and gives where it answers. */
  readonly watched?: () => Desk;
}

async function open(config: Config, log: Log, recent: Recent): Promise<Opened> {
  const backends = new Backends(config, log);
  const store = await backends.openStore();
  if (config.admin === undefined) return { server: new ChatServer(config, store, backends.openBus(), log) };
  // Loaded only where it is wanted: without it nothing is measured.
  const { Instruments } = await import('./admin/instruments.js');
  const instruments = new Instruments();
  const bus = backends.openBus((medium) => instruments.timedMedium(medium));
  const server = new ChatServer(config, instruments.timed(store), bus, log);
  const watched = () => {
    instruments.watch(backends.health, store, bus);
    return instruments.desk(server, backends.health, recent);
  };
  return { server, watched };
}

async function openAdmin(config: Config, askAll: AskAll, log: Log): Promise<void> {
  if (config.admin === undefined) return;
  const { listen } = await import('./admin/server.js');
  const port = await listen(config.admin, askAll, config['admin-token']);
  log.info({ ip: config.admin.ip, port }, 'the admin page is open');
}
