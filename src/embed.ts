import cluster from 'node:cluster';
import { Backends, privateFiles } from './backends.js';
import { embedded } from './config/embedding.js';
import { readPlace } from './config/place.js';
import { readSettings } from './config/settings.js';
import type { Config } from './config.js';
import type { NamedOptions } from './embed-options.js';
import { unlistenable } from './net/unlistenable.js';
import { openLog } from './ops/log.js';
import { tellRights } from './ops/rights.js';
import { Sink } from './ops/sink.js';
import { ChatServer } from './server.js';

/** The options of the command line (docs/configuration.md), in camelCase: `--log-level` is `logLevel`. */
export interface ChatServerOptions extends NamedOptions {
  /** Where it listens; 127.0.0.1 unless given. */
  readonly ip?: string;
  /** 6000 unless given; 0 lets the system choose a free one. */
  readonly port?: number;
}

/** A chat server that runs in this process. */
export interface RunningChatServer {
  readonly ip: string;
  readonly port: number;
  /** The one with TLS, if there is one. */
  readonly tlsPort: number | undefined;
  /**
   * Answers what was received, stores what must be stored, sets its users offline and closes everything.
   * Resolves with the number of messages that could not be stored: 0 unless the database is away.
   */
  stop(): Promise<number>;
}

/**
 * Starts a chat server in this process. Signals are left to the program; the log goes to standard output, from
 * warnings on unless `logLevel` says otherwise. Rejects, in one line, with what is wrong and what to do: with
 * ConfigError for options that cannot be, with the system's error (`code`) for a port that cannot be listened on.
 */
export async function createChatServer(options: ChatServerOptions = {}): Promise<RunningChatServer> {
  // A worker of node:cluster is one of `--workers`, and finds no primary process of that kind here.
  if (cluster.isWorker) throw new Error('a chat server cannot run in a worker of node:cluster');
  const config = readOptions({ logLevel: 'warn', ...options });
  const sink = new Sink({ format: config['log-format'], file: config['log-file'] });
  const log = openLog(config['log-level'], undefined, sink);
  const backends = new Backends(config, log);
  const { store, spool } = await backends.openStores();
  const server = new ChatServer(config, store, await backends.openBus(), log, spool);
  try {
    const { port, tls: tlsPort } = await server.start();
    tellRights(log, privateFiles(config));
    return { ip: config.ip, port, tlsPort, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw unlistenable(error, config.ip, config.port);
  }
}

/** Reads and checks options by the rules of the command line. Throws ConfigError. */
function readOptions({ ip = '127.0.0.1', port = 6000, ...options }: ChatServerOptions): Config {
  const settings = readSettings([embedded({ ...options })]);
  return { ...readPlace(String(ip), String(port)), ...settings };
}
