import { once } from 'node:events';
import { type AddressInfo, createServer, type DropArgument, type Server, type Socket } from 'node:net';

/** When this part of the room is taken again after it was full, it still counts as full. */
const STILL_FULL = 0.95;

export interface ListenerOptions {
  /** The most connections at a time; undefined for no limit. */
  readonly room: number | undefined;
  /** Silence, in ms, after which the system asks whether a client is still there. */
  readonly keepAlive: number;
}

export interface ListenerEvents {
  connection(socket: Socket): void;
  /** A client was turned away: there is no room, or the system has none. */
  refused(address: string): void;
  /** The first client was turned away since there was room. */
  full(open: number): void;
  /** There is room again; so many were turned away. */
  roomAgain(refused: number): void;
}

/** A TCP port. Those who are in stay in: who comes when there is no room is turned away at once. */
export class Listener {
  private readonly server: Server;
  private readonly events: ListenerEvents;
  private readonly room: number;
  private open = 0;
  private refused = 0;

  constructor({ room = Number.POSITIVE_INFINITY, keepAlive }: ListenerOptions, events: ListenerEvents) {
    this.events = events;
    this.room = room;
    this.server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAlive, allowHalfOpen: true },
      (socket) => this.accepted(socket),
    );
    if (room !== Number.POSITIVE_INFINITY) this.server.maxConnections = room;
    this.server.on('drop', (client) => this.turnedAway(client));
  }

  /** Listens. Resolves with the port, also when 0 let the system choose. Rejects when the address cannot be used. */
  async listen(port: number, ip: string): Promise<number> {
    this.server.listen(port, ip);
    await once(this.server, 'listening');
    // A client that the system has no room for is no reason to end.
    this.server.on('error', () => this.turnedAway(undefined));
    return (this.server.address() as AddressInfo).port;
  }

  /** Accepts nothing more. Resolves when all connections are closed. */
  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accepted(socket: Socket): void {
    this.open++;
    socket.on('close', () => {
      this.open--;
    });
    if (this.refused > 0 && this.open < this.room * STILL_FULL) {
      this.events.roomAgain(this.refused);
      this.refused = 0;
    }
    this.events.connection(socket);
  }

  private turnedAway(client: DropArgument | undefined): void {
    this.refused++;
    if (this.refused === 1) this.events.full(this.open);
    this.events.refused(client?.remoteAddress ?? 'unknown');
  }
}
