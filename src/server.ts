import type { Socket } from 'node:net';
import type { Bus } from './bus/bus.js';
import { Attempts } from './chat/attempts.js';
import type { Chat } from './chat/chat.js';
import { Debts } from './chat/debts.js';
import { Delivery } from './chat/delivery.js';
import { dispatch } from './chat/dispatch.js';
import { leave } from './chat/leave.js';
import { Mailbox } from './chat/mailbox.js';
import { Sessions } from './chat/sessions.js';
import { Shortener } from './chat/shortener.js';
import { drain, listenAgain } from './chat/stored.js';
import type { Config } from './config.js';
import { ScannerPool } from './json/scanner-pool.js';
import { LIMITS } from './limits.js';
import type { Outgoing } from './net/batch.js';
import { Connection, type ConnectionHost } from './net/connection.js';
import { FRAMES } from './net/frames.js';
import { Listener } from './net/listener.js';
import { Drops } from './ops/drops.js';
import { roomForClients } from './ops/files.js';
import type { Log } from './ops/log.js';
import { Metrics, type Snapshot } from './ops/metrics.js';
import { tellRefused } from './ops/room.js';
import { roomInRead } from './protocol/room.js';
import { said } from './protocol/said.js';
import { type Store, UnstorableMessage } from './store/store.js';

/** One node: plugs all parts together. Owns the store and the bus from the start on. */
export class ChatServer {
  private readonly chat: Chat;
  private readonly mailbox: Mailbox;
  private readonly connections = new Set<Connection>();
  private readonly listener: Listener;
  private readonly host: ConnectionHost;
  private readonly config: Config;
  private stopping = false;
  /** What was counted, and what was dropped. */
  readonly metrics = new Metrics();
  readonly drops: Drops;

  constructor(config: Config, store: Store, bus: Bus, log: Log) {
    this.config = config;
    const sessions = new Sessions();
    const drops = new Drops(log);
    this.drops = drops;
    this.mailbox = new Mailbox(store, LIMITS, {
      stored: (userids) => this.drainStored(userids),
      lost: (count, reason) => {
        this.metrics.lost += count;
        if (reason instanceof UnstorableMessage) drops.add(reason.message, 'store');
        else log.error({ count, err: reason }, 'messages lost');
      },
      away: (away, kept, reason) =>
        log.warn(
          { kept, err: reason },
          away ? 'messages wait for the database' : 'the messages that waited are stored',
        ),
    });
    const { dialect } = config;
    // Who reads a stream needs neither a pace nor a reply that fits into one read.
    const pace = dialect.buffer === undefined ? 0 : config.pace;
    const room = pace > 0 ? roomInRead(dialect, config['client-buffer']) : undefined;
    this.chat = {
      dialect,
      store,
      bus,
      sessions,
      attempts: new Attempts(config['login-failures']),
      drops,
      metrics: this.metrics,
      log,
      delivery: new Delivery(sessions, bus, this.mailbox),
      debts: new Debts(LIMITS.retry, (error) => log.error({ err: error }, 'a change in the database failed')),
      options: {
        trustClientIds: config['trust-client-ids'],
        maxLoginReply: room ?? LIMITS.maxLoginReply,
      },
      shortener: new Shortener(room, log),
    };
    this.host = {
      dialect,
      scanners: new ScannerPool(dialect.scanned),
      limits: { ...LIMITS, maxMessage: config['max-message'], pace, frame: FRAMES[dialect.framing.out] },
      handle: (connection, message) => dispatch(this.chat, connection, message),
      fault: (connection, fault) => drops.add(fault, connection.address),
      closed: (connection, unsent) => this.closed(connection, unsent),
    };
    this.listener = new Listener(
      { room: roomForClients(config['mysql-pool']), keepAlive: LIMITS.keepAlive },
      { connection: (socket) => this.accept(socket), ...tellRefused(drops, log) },
    );
  }

  /** Connects the bus and listens. Returns the port. Rejects when the address cannot be used. */
  async start(): Promise<number> {
    const { bus, delivery, sessions } = this.chat;
    await bus.start({
      receive: (userid, message, taken) => delivery.receive(userid, { message, taken }),
      restored: () => void listenAgain(this.chat).then(() => this.drainStored(sessions.users())),
      undelivered: (userid, message) => delivery.deliver(userid, message),
    });
    return this.listener.listen(this.config.port, this.config.ip);
  }

  /**
   * Accepts nothing more, answers what was received, stores what must be stored, then sets this node's
   * users offline (DIFFERENCES 11). Resolves with the number of messages that could not be stored.
   */
  async stop(): Promise<number> {
    this.stopping = true;
    const { bus, store, sessions, debts, log } = this.chat;
    const closed = this.listener.close();
    for (const connection of this.connections) connection.finish();
    const deadline = setTimeout(() => this.destroyAll(), LIMITS.shutdown / 2);
    await closed;
    clearTimeout(deadline);
    await sessions.quiet();
    await this.mailbox.close();
    const users = sessions.users();
    await Promise.all(users.map((userid) => bus.unsubscribe(userid)));
    if (users.length > 0) await debts.pay(() => store.goOffline(users));
    const owed = await debts.close();
    const lost = await this.mailbox.close();
    if (owed > 0) log.error({ count: owed }, 'changes lost: the database is away');
    if (lost > 0) log.error({ count: lost }, 'messages lost: the database is away');
    await bus.close();
    await store.close();
    return lost;
  }

  /** How things stand now. */
  snapshot(): Snapshot {
    return {
      connections: this.connections.size,
      users: this.users().length,
      backlog: { messages: this.mailbox.kept, bytes: 0 },
      braked: 0,
      nodes: 0,
      stopping: this.stopping,
    };
  }

  /** Who is logged in here, and from where. */
  users(): { readonly id: number; readonly address: string }[] {
    return [...this.connections].flatMap(({ users, address }) => [...users].map((id) => ({ id, address })));
  }

  /** Closes the connection of a user, after what it has sent is handled. Returns how many that were: 0 or 1. */
  kick(userid: number): number {
    const found = [...this.connections].filter(({ users }) => users.has(userid));
    for (const connection of found) connection.finish();
    return found.length;
  }

  /** Writes a message from the server to everyone who is logged in here. Returns how many they are. */
  say(text: string): number {
    for (const connection of this.connections) {
      for (const id of connection.users) connection.reply(said(this.config.dialect, id, text));
    }
    return this.users().length;
  }

  private accept(socket: Socket): void {
    const { idle } = this.config;
    const connection = new Connection(socket, socket.remoteAddress ?? 'unknown', this.host);
    if (idle > 0) socket.setTimeout(idle * 1000, () => connection.finish());
    this.connections.add(connection);
  }

  private closed(connection: Connection, unsent: readonly Outgoing[]): void {
    this.connections.delete(connection);
    for (const { bytes, userid, left } of unsent) {
      if (userid !== 0) void this.chat.delivery.store(userid, bytes).then(() => left?.(false));
    }
    // At shutdown all users go offline together, after what is stored.
    if (this.stopping) return;
    for (const userid of connection.users) void leave(this.chat, userid);
  }

  private drainStored(userids: Iterable<number>): void {
    for (const userid of userids) {
      if (!this.chat.sessions.has(userid) || this.stopping) continue;
      drain(this.chat, userid).catch((error) =>
        this.chat.log.error({ err: error }, 'stored messages stay stored'),
      );
    }
  }

  private destroyAll(): void {
    for (const connection of this.connections) connection.destroy();
  }
}
