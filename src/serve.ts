import cluster from 'node:cluster';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { AskAll } from './admin/desk.js';
import { mysqlUrl, privateFiles, redisUrl } from './backends.js';
import { whereIsRedis } from './bus/redis/url.js';
import { again } from './config/again.js';
import { readArguments } from './config/arguments.js';
import { poolOfEach } from './config/pool.js';
import { longestStop } from './config/stop.js';
import type { Config } from './config.js';
import type { Ports } from './entrance.js';
import { guarded } from './net/guard.js';
import { type Node, openNode } from './node.js';
import { banner, type Started } from './ops/banner.js';
import { type Log, openLog } from './ops/log.js';
import { version } from './ops/package.js';
import { Recent } from './ops/recent.js';
import { tellRights } from './ops/rights.js';
import { tellRoom } from './ops/room.js';
import { onSignals } from './ops/signals.js';
import { Sink } from './ops/sink.js';
import { tellReady } from './ops/systemd.js';
import { warnOfColumns, warnOfDatabase } from './setup/warnings.js';
import { countAccounts } from './store/embedded/accounts.js';
import { whereIs } from './store/mysql/hosts.js';
import type { Notice } from './workers/primary.js';
import { supervise } from './workers/supervise.js';

/** The parts that every process has. */
interface Post {
  readonly config: Config;
  readonly log: Log;
  readonly sink: Sink;
  readonly recent: Recent;
}

/**
 * Opens the back ends that the config asks for, and serves until a signal. Rejects when it cannot start.
 *
 * @param args the command line that config was read from
 */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const recent = new Recent();
  const sink = new Sink({ format: config['log-format'], file: config['log-file'] });
  const log = openLog(config['log-level'], recent, sink, config.name);
  const post = { config, log, sink, recent };
  if (cluster.isWorker) return serveAsWorker(post);
  const { workers, dialect } = config;
  for (const doubt of dialect.doubts) log.warn({ dialect: dialect.name }, doubt);
  const ports = workers > 1 ? await serveByWorkers(post, args) : await serveAlone(post);
  tellRights(log, privateFiles(config));
  const url = mysqlUrl(config);
  if (url !== undefined) {
    const remedy = again(readArguments(args))(['init'], ['--utf8mb4']);
    await warnOfColumns(url, config['mysql-charset'], config.dialect.tables, log, remedy);
    await warnOfDatabase(url, config['mysql-charset'], config.dialect.tables, log);
  }
  const started = whatStarted(config, ports, tellRoom(log, poolOfEach(config), workers));
  if (!sink.isText) log.info(started, 'listening');
  else if (log.isLevelEnabled('info')) sink.print(banner(started));
  tellReady(log);
}

function whatStarted(config: Config, ports: Ports, clients: number | undefined): Started {
  const { ip, workers, data, dialect, tls, web } = config;
  const [database, redis] = [mysqlUrl(config), redisUrl(config)];
  const accounts = database === undefined ? countAccounts(data) : undefined;
  return {
    version: version(),
    ip,
    port: ports.port,
    ...(web !== undefined && {
      web: `http${tls === undefined ? '' : 's'}://${authority(web.ip ?? '127.0.0.1', ports.web ?? web.port)}/`,
    }),
    ...(tls !== undefined && { tls: { ip: tls.ip ?? ip, port: ports.tls ?? tls.port } }),
    ...(workers > 1 && { workers }),
    database: database === undefined ? data : whereIs(database),
    ...(accounts !== undefined && { accounts }),
    ...(database !== undefined && { charset: config['mysql-charset'] }),
    ...(redis !== undefined && { redis: whereIsRedis(redis) }),
    dialect: dialect.name,
    clients,
  };
}

/** An address of IPv6 stands in brackets. */
function authority(ip: string, port: number): string {
  return `${isIPv6(ip) ? `[${ip}]` : ip}:${port}`;
}

async function serveAlone(post: Post): Promise<Ports> {
  const { config, log, recent } = post;
  const node = await openNode(config, log, recent);
  heed(post, node);
  const ports = await node.server.start();
  if (node.watched !== undefined) {
    const { askHere } = await import('./admin/desk.js');
    await openAdmin(post, { askAll: askHere(node.watched()), served: ports.port });
  }
  return ports;
}

async function serveByWorkers(post: Post, args: readonly string[]): Promise<Ports> {
  const { config, log, sink } = post;
  const ports = await supervise(config, args, log, sink);
  if (config.admin !== undefined) {
    const { askWorkers } = await import('./admin/workers.js');
    await openAdmin(post, { askAll: askWorkers, served: ports.port, own: post.recent });
  }
  return ports;
}

async function serveAsWorker(post: Post): Promise<void> {
  const { config, log, recent } = post;
  const node = await openNode(config, log, recent);
  const stop = heed(post, node);
  const hear = ({ op }: Notice) => {
    if (op === 'stop') stop('told by the primary process');
    else if (op === 'reload') reload(post, node);
  };
  process.on('message', guarded('a word of the primary process', hear));
  process.on('disconnect', () => stop('the primary process is gone'));
  // Or else Node would exit at once when the primary process is gone.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  const ports = await node.server.start();
  if (node.watched !== undefined) {
    const { answerPrimary } = await import('./admin/workers.js');
    answerPrimary(node.watched());
  }
  // The primary process says it for all its workers.
  log.debug({ ip: config.ip, ...ports }, 'listening');
}

/** Does what signals say. Returns a function that stops, too, for the reason given. */
function heed(post: Post, node: Node): (reason: string) => void {
  const { log, config, sink } = post;
  const signalled = {
    stop: () => node.server.stop(),
    reload: () => reload(post, node),
    flushed: () => sink.flushed(),
  };
  return onSignals(log, signalled, longestStop(config));
}

function reload({ sink, log }: Post, { server }: Node): void {
  sink.reopen();
  if (server.reload()) log.info('reloaded');
}

/** The parts that the admin port shows: the processes to ask, the port for clients, and see Watched. */
interface Shown {
  readonly askAll: AskAll;
  readonly served: number;
  readonly own?: Recent;
}

async function openAdmin({ config, log }: Post, { askAll, served, own }: Shown): Promise<void> {
  if (config.admin === undefined) return;
  const { listen } = await import('./admin/server.js');
  const { ip = '127.0.0.1', port: wanted } = config.admin;
  const { name = `${hostname()}:${served}`, 'admin-token': token, 'admin-host': names = '' } = config;
  const { 'admin-peers': peers = [] } = config;
  const hosts = names.toLowerCase().split(',');
  const watched = { name, askAll, token, hosts, peers, log, ...(own && { own }) };
  const port = await listen({ ip, port: wanted }, watched);
  log.info({ ip, port }, 'the admin page is open');
}
