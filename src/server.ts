import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { UserHere } from './admin/desk.js';
import { mysqlUrl } from './backends.js';
import type { Bus } from './bus/bus.js';
import type { Chat } from './chat/chat.js';
import { createChat, startBus } from './chat/create.js';
import { dispatch } from './chat/dispatch.js';
import { nameOf } from './chat/identity.js';
import { banEverywhere, leaveSoon, leaveWithNode } from './chat/leave.js';
import { confirmingIn } from './chat/more/confirm.js';
import type { Program } from './chat/program.js';
import { shutdown } from './chat/shutdown.js';
import { deliverLeft } from './chat/storing.js';
import { longestEnd } from './config/stop.js';
import type { Config } from './config.js';
import { explainer } from './dialect/explain.js';
import { Entrance, type Ports } from './entrance.js';
import { ScannerPool } from './json/scanner-pool.js';
import { LIMITS } from './limits.js';
import { Connection, type ConnectionHost } from './net/connection.js';
import { FRAMES } from './net/frames.js';
import { allGone, sayGoodbye } from './net/goodbye.js';
import { onUnexpected } from './net/guard.js';
import { Seconds } from './net/seconds.js';
import { SocketTable } from './net/socket-table.js';
import { Turns } from './net/turns.js';
import type { Drops } from './ops/drops.js';
import { type Fields, Folded } from './ops/folded.js';
import type { Log } from './ops/log.js';
import type { Metrics, Snapshot } from './ops/metrics.js';
import { roomInRead } from './protocol/room.js';
import { said } from './protocol/said.js';
import type { MessageFile } from './store/message-file.js';
import type { Store } from './store/store.js';
import type { Web } from './web/web.js';

/** How often it is looked who still fetches, in ms. */
const LOOK = 20;

const MINUTE = 60;

/** At most this many connections are ended at a stop before others get their turn. */
const SLICE = 500;

/** One node: plugs all parts together. Owns the store and the bus from the start on. */
export class ChatServer {
  private readonly chat: Chat;
  private readonly connections = new Set<Connection>();
  private readonly entrance: Entrance;
  private readonly host: ConnectionHost;
  private readonly clock = new Seconds();
  private readonly config: Config;
  private readonly deadline = new AbortController();
  private readonly gone = new EventEmitter();
  private stopping = false;
  /** Nobody is served any more. */
  private ending = false;
  /** The counts, and the dropped messages. */
  readonly metrics: Metrics;
  readonly drops: Drops;
  private readonly noMoreUnexpected: () => void;

  /**
   * @param spool see Spool
   * @param program which has this server inside it
   */
  constructor(config: Config, store: Store, bus: Bus, log: Log, spool?: MessageFile, program?: Program) {
    this.config = config;
    const { dialect } = config;
    // A client that reads a stream needs neither a pace nor a reply that fits into one read.
    const pace = dialect.buffer === undefined ? 0 : config.pace;
    const room = pace > 0 ? roomInRead(dialect, config['client-buffer']) : undefined;
    this.chat = createChat({
      dialect,
      store,
      bus,
      log,
      spool,
      program,
      options: {
        heartbeat: config.heartbeat,
        trustClientIds: config['trust-client-ids'],
        friendRequests: config['friend-requests'],
        recall: config.recall,
        history: config.history,
        most: {
          friends: config['max-friends'],
          groups: config['max-groups'],
          members: config['max-members'],
          groupsPerHour: config['groups-per-hour'],
        },
      },
      loginFailures: config['login-failures'],
      maxKept: config['max-kept'],
      stopping: this.deadline.signal,
      explain: explainer(dialect),
    });
    const { budget, drops, metrics } = this.chat;
    this.metrics = metrics;
    this.drops = drops;
    this.host = {
      dialect,
      scanners: new ScannerPool(dialect.scanned),
      limits: {
        ...LIMITS,
        maxMessage: config['max-message'],
        pace,
        frame: FRAMES[dialect.framing.out],
        room,
        sockets: pace > 0 ? new SocketTable() : undefined,
      },
      budget,
      turns: new Turns(),
      clock: this.clock,
      confirming: confirmingIn(dialect),
      handle: dispatch.bind(undefined, this.chat),
      first: this.chat.hints.first.bind(this.chat.hints),
      fault: ({ address, users: [from] }, fault) => drops.add(fault, { address, from }),
      slow: (connection) => this.slow(connection),
      loggedOut: (connection) => this.entrance.loggedOut(connection),
      parted: (connection) => this.parted(connection),
      closed: (connection) => this.closed(connection),
    };
    this.entrance = new Entrance(
      config,
      drops,
      log,
      (stream, address) => this.accept(stream, address),
      () => this.openWeb(),
    );
    const folded = new Folded(log, 'error');
    this.noMoreUnexpected = onUnexpected((error, where) =>
      folded.add(about(error, where), 'an unexpected error'),
    );
  }

  /** Connects the bus and listens. Returns the ports. Rejects, in one line, when something cannot be used. */
  async start(): Promise<Ports> {
    await startBus(this.chat);
    await deliverLeft(this.chat);
    return this.entrance.open();
  }

  /** Reads its certificate again. When that cannot be used, the log says why, and the old one stays in use. */
  reload(): boolean {
    return this.entrance.reload();
  }

  /**
   * Serves a client.
   *
   * @param stream any stream of bytes, both ways
   * @param address the client's, without its port
   * @param host the parts that it needs, where these are not those of other clients
   */
  accept(stream: Duplex, address: string, host = this.host): Connection {
    const connection = new Connection(stream, address, host);
    this.connections.add(connection);
    stream.on('close', () => this.entrance.closed(connection));
    this.chat.log.debug({ address }, 'a client has come');
    return connection;
  }

  /** The server of browsers. It is loaded only where it is wanted. */
  private async openWeb(): Promise<Web> {
    const { Web } = await import('./web/web.js');
    const { config, chat, host, drops } = this;
    return new Web({
      connections: host,
      store: chat.store,
      proxies: config['proxy-from'],
      origins: config['web-origin'] ?? [],
      recall: config.recall,
      demo: config.demo,
      charset: mysqlUrl(config) === undefined ? undefined : config['mysql-charset'],
      accept: (stream, address, own) => this.accept(stream, address, own),
      refuse: (reason, address) => drops.add(reason, { address }),
      cannotKeep: (reason) => chat.log.warn({ reason }, 'browsers do not stay logged in'),
    });
  }

  /**
   * Accepts nothing more, ends the connections over as many seconds as `--drain` says, answers received messages,
   * stores undelivered ones, then sets this node's users offline (DIFFERENCES 11).
   *
   * @returns how many messages were lost, those too that nobody could look up the receivers of
   */
  async stop(): Promise<number> {
    this.stopping = true;
    const lostBefore = this.drops.lost;
    const closed = this.entrance.close();
    if (this.config.drain > 0) await sayGoodbye(this.connections, this.config.drain * 1000);
    const begun = performance.now();
    const longest = longestEnd(this.config);
    if (this.config.drain > 0) await allGone(this.connections, LIMITS.linger);
    this.ending = true;
    const leaving = [...this.connections];
    await this.finishAll();
    this.deadline.abort();
    const left = () => longest - (performance.now() - begun);
    const lost = await shutdown(this.chat, left(), lostBefore);
    const room = Math.max(LIMITS.goodbye, Math.min(LIMITS.storedAtEnd, left()));
    await Promise.race([this.chat.history?.close(), delay(room, undefined, { ref: false })]);
    await Promise.race([this.chat.store.close(), delay(LIMITS.goodbye, undefined, { ref: false })]);
    await Promise.race([closed, fetched(leaving, begun)]);
    this.noMoreUnexpected();
    this.clock.stop();
    this.chat.heartbeats.close();
    this.chat.friendWatch.close();
    return lost;
  }

  /** Ends all connections. Resolves when all is written and handled, though not yet fetched by everyone. */
  private async finishAll(): Promise<void> {
    let deadline = setTimeout(() => {
      // Requests that still wait for the database are given up. Then later ones of their clients are handled.
      this.deadline.abort();
      deadline = setTimeout(() => {
        for (const connection of this.connections) connection.destroy();
      }, LIMITS.givenUp);
    }, LIMITS.linger);
    // A connection with nothing left to do ends within this call: its users must be known to go with the node.
    let count = 0;
    for (const connection of this.connections) {
      connection.finish('the server stops');
      if (++count % SLICE === 0) await turn();
    }
    if (this.connections.size > 0) await new Promise<void>((resolve) => this.gone.once('all', resolve));
    clearTimeout(deadline);
  }

  /** How things stand now. */
  snapshot(): Snapshot {
    const { budget, bus, delivery } = this.chat;
    const { bytes: unconfirmed, since } = bus.unacked;
    const age = Math.max(0, performance.now() - Math.min(since, delivery.since)) / 1000;
    return {
      connections: this.connections.size,
      users: this.loggedIn,
      backlog: { messages: delivery.kept, bytes: budget.used, limit: budget.limit, age },
      unconfirmed,
      braked: budget.braked,
      nodes: bus.others,
      certificateUntil: this.entrance.certificateUntil,
      stopping: this.stopping,
    };
  }

  /** How many users are logged in here. */
  private get loggedIn(): number {
    let count = 0;
    for (const { users } of this.connections) count += users.size;
    return count;
  }

  /** The users who are logged in here, from where, since when, and for how long without a word. */
  users(): UserHere[] {
    const now = Date.now();
    return [...this.connections].flatMap((connection) => {
      const { address, idleFor } = connection;
      const idle = Math.round(idleFor / 1000);
      return [...connection.users].map((id) => {
        const since = this.chat.presence.get(id)?.since ?? now;
        return { id, name: nameOf(connection, id) ?? '', address, since, idle };
      });
    });
  }

  /**
   * Closes the connection of a user, after its messages are handled.
   *
   * @param minutes nobody may log in to its account for this time, on any node; undefined for no such time
   * @returns how many connections that were here: 0 or 1
   */
  kick(userid: number, minutes?: number): number {
    const found = [...this.connections].filter(({ users }) => users.has(userid));
    for (const connection of found) connection.finish('kicked');
    if (minutes !== undefined) banEverywhere(this.chat, { userid, seconds: secondsIn(minutes) });
    return found.length;
  }

  /** Writes a message from the server to everyone who is logged in here. Returns how many they are. */
  say(text: string): number {
    for (const connection of this.connections) {
      for (const id of connection.users) connection.reply(said(this.config.dialect, id, text));
    }
    return this.loggedIn;
  }

  /** The users of the connection get no more until it has taken the messages that wait for it. */
  private slow(connection: Connection): void {
    for (const userid of connection.users) {
      const session = this.chat.presence.get(userid);
      if (session === undefined) continue;
      session.setSlow(true);
      session.fallBehind();
    }
  }

  private parted(connection: Connection): void {
    for (const userid of [...connection.users]) leaveSoon(this.chat, userid);
  }

  private closed(connection: Connection): void {
    this.connections.delete(connection);
    this.chat.heartbeats.forget(connection);
    if (this.ending && this.connections.size === 0) this.gone.emit('all');
    const { address, why: reason } = connection;
    this.chat.log.debug({ address, reason }, 'a client has gone');
    for (const userid of [...connection.users]) {
      const session = this.chat.presence.get(userid);
      // At shutdown all users go offline together, after their messages are stored.
      if (this.ending && session?.isOnline) leaveWithNode(this.chat, session);
      else leaveSoon(this.chat, userid);
    }
  }
}

/** As one node tells it to another: a whole number of 32 bits. */
function secondsIn(minutes: number): number {
  return Math.min(Math.ceil(minutes * MINUTE), 2 ** 31 - 1);
}

/** The fields of an unexpected error for the log. */
function about(error: unknown, where: string): Fields {
  return error instanceof Error
    ? { where, reason: error.message, stack: error.stack }
    : { where, reason: String(error) };
}

/** Resolves when nobody has much to fetch any more, or has had the time for it since `begun`. */
async function fetched(connections: readonly Connection[], begun: number): Promise<void> {
  const { linger, lingerLittle } = LIMITS;
  const since = () => performance.now() - begun;
  while (since() < lingerLittle || (since() < linger && connections.some(({ isFetching }) => isFetching)))
    await delay(LOOK, undefined, { ref: false });
}
