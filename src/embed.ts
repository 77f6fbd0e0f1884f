import cluster from 'node:cluster';
import type { UserHere } from './admin/desk.js';
import { whyNotSaid } from './admin/orders.js';
import { Probes } from './admin/probes.js';
import { Backends, privateFiles } from './backends.js';
import { checkType, embedded } from './config/embedding.js';
import { readPlace } from './config/place.js';
import { readSettings } from './config/settings.js';
import type { Config } from './config.js';
import { type ChatLogger, logInto } from './embed-log.js';
import type { NamedOptions } from './embed-options.js';
import { PROGRAM_OPTIONS, type ProgramOptions, programOf } from './embed-program.js';
import { unlistenable } from './net/unlistenable.js';
import { openLog } from './ops/log.js';
import { Recent } from './ops/recent.js';
import { tellRights } from './ops/rights.js';
import { Sink } from './ops/sink.js';
import { ChatServer } from './server.js';

/** Options that no command line has. */
const OWN = ['ip', 'port', 'logger', ...PROGRAM_OPTIONS];

/** The options of the command line (docs/configuration.md), in camelCase: `--log-level` is `logLevel`. */
export interface ChatServerOptions extends NamedOptions, ProgramOptions {
  /** Where it listens; 127.0.0.1 unless given. */
  readonly ip?: string;
  /** 6000 unless given; 0 lets the system choose a free one. */
  readonly port?: number;
  /** Gets the lines of the log, in place of standard output or `logFile`. */
  readonly logger?: ChatLogger;
}

/** A chat server that runs in this process. */
export interface RunningChatServer {
  readonly ip: string;
  readonly port: number;
  /** The one with TLS, if there is one. */
  readonly tlsPort: number | undefined;
  /** The users who are logged in here, from where, since when (ms since 1970), and for how long without a word (s). */
  users(): UserHere[];
  /**
   * Closes the connection of a user, after its messages are handled.
   *
   * @param minutes nobody may log in to its account here for this time, or until the server stops
   * @returns how many connections that were: 0 or 1
   */
  kick(userid: number, minutes?: number): number;
  /**
   * Writes a message from the server to everyone who is logged in here. Returns how many they are. Throws RangeError for
   * a text of more than 500 bytes, or with much in it that JSON escapes: clients read 1,023 bytes at once.
   */
  say(text: string): number;
  /** The metrics that `--admin` has of the server, as text for Prometheus; those of the process are the program's own. */
  metrics(): Promise<string>;
  /**
   * Answers received messages, stores undelivered ones, sets its users offline and closes everything.
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
  const program = programOf(options);
  const config = readOptions({ logLevel: 'warn', ...options });
  const { logger } = options;
  const sink =
    logger === undefined
      ? new Sink({ format: config['log-format'], file: config['log-file'] })
      : logInto(logger);
  const log = openLog(config['log-level'], undefined, sink);
  const backends = new Backends(config, log);
  const { store, spool } = await backends.openStores();
  const server = new ChatServer(config, store, await backends.openBus(), log, spool, program);
  try {
    const { port, tls: tlsPort } = await server.start();
    tellRights(log, privateFiles(config));
    return running(server, backends, { ip: config.ip, port, tlsPort });
  } catch (error) {
    await server.stop();
    throw unlistenable(error, config.ip, config.port);
  }
}

function running(
  server: ChatServer,
  { health }: Backends,
  place: Pick<RunningChatServer, 'ip' | 'port' | 'tlsPort'>,
): RunningChatServer {
  return {
    ...place,
    users: () => server.users(),
    kick: (userid, minutes) => {
      if (!Number.isInteger(userid)) throw new TypeError(`not a user id: ${String(userid)}`);
      if (minutes !== undefined && !(minutes > 0)) throw new TypeError(`not a time: ${String(minutes)}`);
      return server.kick(userid, minutes);
    },
    say: (text) => {
      const why = whyNotSaid(text);
      if (why !== undefined) throw new RangeError(`this cannot be said: ${why}`);
      return server.say(text);
    },
    metrics: metricsOf(server, health),
    stop: () => server.stop(),
  };
}

/** Made when somebody asks for the first time: until then nothing is loaded. */
function metricsOf(server: ChatServer, health: Backends['health']): () => Promise<string> {
  const { metrics, drops } = server;
  const unmeasured = { probes: new Probes(), measured: [], recent: new Recent() };
  const sources = { metrics, drops, health, ...unmeasured, snapshot: () => server.snapshot() };
  let registry: Promise<{ metrics(): Promise<string> }> | undefined;
  return async () => {
    registry ??= import('./admin/registry.js').then(({ chatRegistry }) => chatRegistry(sources));
    return (await registry).metrics();
  };
}

/** Reads and checks options by the rules of the command line. Throws ConfigError. */
function readOptions({ ip = '127.0.0.1', port = 6000, ...options }: ChatServerOptions): Config {
  checkType('ip', ip, 'string');
  checkType('port', port, 'number');
  const given = Object.entries(options).filter(([name]) => !OWN.includes(name));
  const settings = readSettings([embedded(Object.fromEntries(given), OWN)]);
  return { ...readPlace(ip, String(port)), ...settings };
}
