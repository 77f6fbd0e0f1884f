import type { Desk } from './admin/desk.js';
import { Backends } from './backends.js';
import type { Config } from './config.js';
import type { Log } from './ops/log.js';
import type { Recent } from './ops/recent.js';
import { ChatServer } from './server.js';

/** The parts of one process that serve clients. */
export interface Node {
  readonly server: ChatServer;
  /** For when it has started, and if anybody may watch it: begins to watch, and gives where it answers. */
  readonly watched?: () => Desk;
}

/** Opens the back ends that the config asks for. Rejects, in one line, when they cannot be used. */
export async function openNode(config: Config, log: Log, recent: Recent): Promise<Node> {
  const backends = new Backends(config, log);
  const { store, spool } = await backends.openStores();
  if (config.admin === undefined)
    return { server: new ChatServer(config, store, await backends.openBus(), log, spool) };
  // Loaded only where it is wanted: without it nothing is measured.
  const { Instruments } = await import('./admin/instruments.js');
  const instruments = new Instruments();
  const bus = await backends.openBus((medium) => instruments.timedMedium(medium));
  const server = new ChatServer(config, instruments.timed(store), bus, log, spool);
  const watched = () => {
    instruments.watch(backends.health, store, bus);
    return instruments.desk(server, backends.health, recent);
  };
  return { server, watched };
}
