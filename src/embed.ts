import cluster from 'node:cluster';
import { Backends } from './backends.js';
import { ConfigError } from './config/error.js';
import { readPlace } from './config/place.js';
import { readSettings } from './config/settings.js';
import type { Config } from './config.js';
import { openLog } from './ops/log.js';
import { Sink } from './ops/sink.js';
import { OPTIONS, type OptionName, type Settings } from './options.js';
import { ChatServer } from './server.js';

type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

/** What only the command line has: other processes, and what goes with commands. */
type CommandLineOnly = 'workers' | 'utf8mb4' | 'fix' | 'running' | 'nginx' | 'admin' | 'admin-token';

/** What is written as on the command line. */
type Written = 'dialect' | 'tls' | 'proxy-from';

/** The options of the command line (docs/configuration.md), in camelCase: `--log-level` is `logLevel`. */
export type ChatServerOptions = {
  readonly [Name in Exclude<OptionName, CommandLineOnly | Written> as CamelCase<Name>]?: Settings[Name];
} & {
  /** Where it listens; 127.0.0.1 unless given. */
  readonly ip?: string;
  /** 6000 unless given; 0 lets the system choose a free one. */
  readonly port?: number;
  /** `original`, another built-in dialect, or the path of a file. */
  readonly dialect?: string;
  /** `6001` or `127.0.0.1:6001`. */
  readonly tls?: string;
  /** `10.0.0.7,192.168.0.0/16` */
  readonly proxyFrom?: string;
};

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
 * warnings on unless `logLevel` says otherwise. Rejects, in one line, with what is wrong and what to do.
 */
export async function createChatServer(options: ChatServerOptions = {}): Promise<RunningChatServer> {
  // A worker of node:cluster is one of `--workers`, and finds no primary process of that kind here.
  if (cluster.isWorker) throw new Error('a chat server cannot run in a worker of node:cluster');
  const config = readOptions({ logLevel: 'warn', ...options });
  const sink = new Sink({ format: config['log-format'], file: config['log-file'] });
  const log = openLog(config['log-level'], undefined, sink);
  const backends = new Backends(config, log);
  const { store, spool } = await backends.openStores();
  const server = new ChatServer(config, store, backends.openBus(), log, spool);
  try {
    const { port, tls: tlsPort } = await server.start();
    return { ip: config.ip, port, tlsPort, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Reads and checks options by the rules of the command line. Throws ConfigError. */
function readOptions({ ip = '127.0.0.1', port = 6000, ...options }: ChatServerOptions): Config {
  const given = new Map(Object.entries(options).filter(([, value]) => value !== undefined));
  const known = new Set(Object.keys(OPTIONS).map(camelCase));
  for (const name of given.keys()) if (!known.has(name)) throw new ConfigError(`unknown option ${name}`);
  const settings = readSettings([
    (name) => {
      const value = given.get(camelCase(name));
      return value === undefined ? undefined : { text: String(value), origin: camelCase(name) };
    },
  ]);
  return { ...readPlace(ip, String(port)), ...settings };
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
}
