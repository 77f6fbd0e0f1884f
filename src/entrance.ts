import type { Socket } from 'node:net';
import { poolOfEach } from './config/pool.js';
import type { Config } from './config.js';
import { concern } from './doors/certificate.js';
import { type Door, plain, type Visit } from './doors/door.js';
import { behindProxies } from './doors/proxy.js';
import { TlsDoor } from './doors/tls.js';
import { LIMITS } from './limits.js';
import type { Connection } from './net/connection.js';
import { guarded } from './net/guard.js';
import { Listener } from './net/listener.js';
import { ifSilent } from './net/silence.js';
import { Strangers } from './net/strangers.js';
import type { Drops } from './ops/drops.js';
import { roomForClients } from './ops/files.js';
import type { Log } from './ops/log.js';
import { tellRefused } from './ops/room.js';
import type { Web } from './web/web.js';

const NOBODY: ReadonlySet<number> = new Set();

/** Where browsers are served unless another place is given. */
const LOOPBACK = '127.0.0.1';

/** In ms. */
const DAY = 86_400_000;

/** The ports that a server has opened. */
export interface Ports {
  readonly port: number;
  /** The one with TLS, if it was asked for. */
  readonly tls: number | undefined;
  /** The one for browsers, if it was asked for. */
  readonly web: number | undefined;
}

/** Takes a client that has come so far by a port. `forget` gives back the place that it has had meanwhile. */
type Enter = (stream: Socket, address: string, forget: () => void) => void;

/** Where clients come in: the port of the original, one with TLS beside it, and one for browsers; each through proxies, too. */
export class Entrance implements Visit {
  private readonly config: Config;
  private readonly drops: Drops;
  private readonly log: Log;
  private readonly listener: Listener;
  private readonly accept: (stream: Socket, address: string) => Connection;
  private readonly strangers: Strangers;
  private readonly openWeb: () => Promise<Web>;
  private web: Web | undefined;
  private tls: TlsDoor | undefined;

  /**
   * @param accept serves a client
   * @param openWeb makes what serves browsers
   */
  constructor(
    config: Config,
    drops: Drops,
    log: Log,
    accept: Entrance['accept'],
    openWeb: () => Promise<Web>,
  ) {
    this.config = config;
    this.drops = drops;
    this.log = log;
    this.accept = accept;
    this.openWeb = openWeb;
    const room = roomForClients(poolOfEach(config));
    this.listener = new Listener({ room, keepAlive: LIMITS.keepAlive }, tellRefused(drops, log));
    const half = Math.max(1, (room ?? Number.POSITIVE_INFINITY) / 2);
    const within = config['login-within'] * 1000 || Number.POSITIVE_INFINITY;
    this.strangers = new Strangers(within, config['strangers-per-address'] || half);
  }

  /** Listens. Rejects, in one line, when an address or the certificate cannot be used. */
  async open(): Promise<Ports> {
    const { ip, port, tls, 'tls-cert': cert, 'tls-key': key } = this.config;
    if (cert !== undefined && key !== undefined) {
      this.tls = new TlsDoor({ cert, key });
      this.tellValidity();
      setInterval(guarded('a look at the certificate', this.tellValidity.bind(this)), DAY).unref();
    }
    const door = this.tls?.open ?? plain;
    return {
      port: await this.listen(port, ip, plain),
      tls: tls && (await this.listen(tls.port, tls.ip ?? ip, door)),
      web: await this.listenForBrowsers(door),
    };
  }

  private async listenForBrowsers(door: Door): Promise<number | undefined> {
    const { web: place, 'proxy-from': proxies } = this.config;
    if (place === undefined) return undefined;
    const web = await this.openWeb();
    this.web = web;
    // A proxy that speaks HTTP says by a header of HTTP whom it speaks for.
    const open = proxies === undefined ? door : behindProxies(door, proxies, 'if it says so');
    const enter: Enter = (stream, address, forget) =>
      web.take(stream, {
        address,
        enter: (connection) => {
          forget();
          this.strangers.add(connection);
        },
      });
    return this.listener.listen(place.port, place.ip ?? LOOPBACK, (socket) => {
      const from = socket.remoteAddress ?? 'unknown';
      open(socket, from, this.arrival(socket, from, enter));
    });
  }

  /** Reads the certificate again. False when it cannot be used: that is logged, and the old one stays in use. */
  reload(): boolean {
    try {
      this.tls?.reload();
      this.tellValidity();
      return true;
    } catch (error) {
      this.log.error({ reason: (error as Error).message }, 'the old certificate stays in use');
      return false;
    }
  }

  /** Until when the certificate is valid that is shown now, in ms since 1970; undefined without TLS. */
  get certificateUntil(): number | undefined {
    return this.tls?.validity.until;
  }

  private tellValidity(): void {
    const found = this.tls && concern(this.tls.validity);
    const file = this.config['tls-cert'];
    if (found !== undefined) this.log[found.refused ? 'error' : 'warn']({ file }, found.text);
  }

  /** Accepts nothing more. Resolves when all connections are closed. */
  close(): Promise<void> {
    this.strangers.close();
    this.web?.close();
    return this.listener.close();
  }

  /** Nobody is logged in on it any more: it is as if it had just come. */
  loggedOut(connection: Connection): void {
    this.strangers.add(connection);
  }

  /** The stream of a connection has closed. */
  closed(connection: Connection): void {
    this.strangers.forget(connection);
  }

  /** See Visit. */
  enter(stream: Socket, address: string): void {
    const { idle } = this.config;
    const connection = this.accept(stream, address);
    this.strangers.add(connection);
    // A door may have read from it, and paused it since.
    stream.resume();
    const end = () => connection.finish('it was silent for too long');
    if (idle > 0) stream.setTimeout(idle * 1000, () => ifSilent(stream, end));
  }

  /** See Visit. */
  refuse(reason: string, address: string): void {
    this.drops.add(reason, { address });
  }

  private listen(port: number, ip: string, door: Door): Promise<number> {
    const proxies = this.config['proxy-from'];
    const open = proxies === undefined ? door : behindProxies(door, proxies);
    const enter: Enter = (stream, address, forget) => {
      forget();
      this.enter(stream, address);
    };
    return this.listener.listen(port, ip, (socket) => {
      const address = socket.remoteAddress ?? 'unknown';
      open(socket, address, open === plain ? this : this.arrival(socket, address, enter));
    });
  }

  /** A client that must say more than a plain one before it may speak: it has a place meanwhile. */
  private arrival(socket: Socket, address: string, enter: Enter): Visit {
    const { strangers } = this;
    const arrived = { address, users: NOBODY, sendAway: () => socket.destroy() };
    strangers.add(arrived);
    const forget = () => {
      socket.off('close', forget);
      strangers.forget(arrived);
    };
    socket.on('close', forget);
    return {
      enter: (stream, from) => enter(stream, from, forget),
      refuse: (reason, from) => this.refuse(reason, from),
    };
  }
}
