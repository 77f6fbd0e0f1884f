import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { Backends } from '../backends.js';
import { ConfigError } from '../config/error.js';
import { readPlace } from '../config/place.js';
import type { Config } from '../config.js';
import { openLog } from '../ops/log.js';
import { Sink } from '../ops/sink.js';
import type { Settings } from '../options.js';
import { ChatServer } from '../server.js';
import { Bots } from './demo-bots.js';

/** Where the page is unless another place is given; if that is taken, at any free port. */
const PLACE = { ip: '127.0.0.1', port: 8080 };

/** Accounts for guests: at most this many can look at once. Their numbers are the first ones. */
const GUESTS = 8;
const PASSWORD = 'demo';

/**
 * Serves a page with three bots and a group to chat with, until a signal. Everything is in memory: nothing is written to
 * disk. Resolves when it is stopped. Rejects when a place that was given cannot be listened on.
 */
export async function demo(settings: Settings): Promise<void> {
  if (settings.dialect.name !== 'original') throw new ConfigError('demo speaks the original dialect');
  const { server, url, port } = await start(settings);
  const bots = await Bots.begin(port, GUESTS, PASSWORD, () => server.users());
  console.log(`Open in a browser:  ${url}`);
  console.log('There are three bots and a group to chat with; two windows can chat with each other.');
  console.log('Nothing is written to disk. Ctrl+C ends it.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await bots.end();
  await server.stop();
  process.exit(0);
}

interface Started {
  readonly server: ChatServer;
  readonly url: string;
  /** The one for the bots. */
  readonly port: number;
}

async function start(settings: Settings): Promise<Started> {
  const given = settings.web;
  try {
    return await startAt(settings, given ?? PLACE);
  } catch (error) {
    if (given !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startAt(settings, { ...PLACE, port: 0 });
  }
}

async function startAt(settings: Settings, web: { ip?: string | undefined; port: number }): Promise<Started> {
  const config: Config = {
    ...settings,
    ...readPlace('127.0.0.1', '0'),
    ...{ data: ':memory:', mysql: undefined, redis: undefined, 'drop-in': false, spool: undefined },
    ...{ tls: undefined, 'tls-cert': undefined, 'tls-key': undefined, admin: undefined, workers: 1 },
    // All guests and bots come from this machine, and leave as they like.
    'strangers-per-address': 1000,
    web: { ip: web.ip ?? PLACE.ip, port: web.port },
    demo: { ids: Array.from({ length: GUESTS }, (_, n) => n + 1), password: PASSWORD },
  };
  const log = openLog('warn', undefined, new Sink({ format: 'auto', file: undefined }));
  const backends = new Backends(config, log);
  const { store } = await backends.openStores();
  const server = new ChatServer(config, store, await backends.openBus(), log);
  try {
    const ports = await server.start();
    const ip = web.ip ?? PLACE.ip;
    const url = `http://${isIPv6(ip) ? `[${ip}]` : ip}:${ports.web}/`;
    return { server, url, port: ports.port };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
