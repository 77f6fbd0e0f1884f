import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { unexpected } from './guard.js';

/** When this part of the room is taken again after it was full, it still counts as full. */
const STILL_FULL = 0.95;

export interface ListenerOptions {
  /** The most connections at a time; undefined for no limit. */
  readonly room: number | undefined;
  /** Silence, in ms, after which the system asks whether a client is still there. */
  readonly keepAlive: number;
}

export interface ListenerEvents {
  /** A client was turned away: there is no room, or the system has none. */
  refused(address: string): void;
  /** The first client was turned away since there was room. */
  full(clients: number): void;
  /** There is room again; `refused` clients were turned away meanwhile. */
  roomAgain(refused: number): void;
}

/**
 * TCP ports that share one limit of clients. Clients that are in stay in: one that comes at the limit is turned away
 * at once.
 */
export class Listener {
  private readonly servers: Server[] = [];
  private readonly events: ListenerEvents;
  private readonly room: number;
  private readonly keepAlive: number;
  private clients = 0;
  private refused = 0;

  constructor({ room = Number.POSITIVE_INFINITY, keepAlive }: ListenerOptions, events: ListenerEvents) {
    this.events = events;
    this.room = room;
    this.keepAlive = keepAlive;
  }

  /**
   * Listens on one more port. Resolves with it, also when 0 let the system choose. Rejects when the address cannot
   * be used.
   *
   * @param welcome takes those who come
   */
  async listen(port: number, ip: string, welcome: (socket: Socket) => void): Promise<number> {
    const { keepAlive: keepAliveInitialDelay, room } = this;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay, allowHalfOpen: true };
    const server = createServer(options, (socket) => this.accepted(socket, welcome));
    if (room !== Number.POSITIVE_INFINITY) server.maxConnections = room;
    server.on('drop', (client) => this.turnedAway(client?.remoteAddress));
    this.servers.push(server);
    server.listen(port, ip);
    await once(server, 'listening');
    // A client that the system has no room for is no reason to end.
    server.on('error', () => this.turnedAway());
    return (server.address() as AddressInfo).port;
  }

  /** Accepts nothing more. Resolves when all connections are closed. */
  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => new Promise<unknown>((resolve) => server.close(resolve))));
  }

  private accepted(socket: Socket, welcome: (socket: Socket) => void): void {
    if (this.clients >= this.room) {
      // The other ports have taken it all.
      this.turnedAway(socket.remoteAddress);
      socket.destroy();
      return;
    }
    this.clients++;
    socket.on('close', () => {
      this.clients--;
    });
    if (this.refused > 0 && this.clients < this.room * STILL_FULL) {
      this.events.roomAgain(this.refused);
      this.refused = 0;
    }
    try {
      welcome(socket);
    } catch (error) {
      unexpected(error, 'a port');
      socket.destroy();
    }
  }

  private turnedAway(address = 'unknown'): void {
    this.refused++;
    if (this.refused === 1) this.events.full(this.clients);
    this.events.refused(address);
  }
}
