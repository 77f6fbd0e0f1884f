import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Session, Side } from './session.js';
import { StandIn } from './stand-in.js';

export interface Place {
  readonly ip: string;
  readonly port: number;
}

/** Hears of the connections of a relay, which are numbered from 1. */
export interface Listener {
  opened?(connection: number): void;
  heard(from: Side, connection: number, bytes: Buffer): unknown;
  /** A side has ended its connection: in order, or by a reset. Told once for each side that does. */
  ended?(from: Side, connection: number, isReset: boolean): void;
}

/** Serves a client. `keep` minds a socket, so that its errors are caught and it ends with all others. */
export type Serve = (connection: number, client: Socket, keep: (socket: Socket) => void) => void;

/** Clients get answers that are made up. */
export function standingIn(session: Session): Serve {
  const standIn = new StandIn(session);
  return (connection, client) => {
    client.on('data', (bytes) => {
      // Who does not read what it is answered is not read from.
      if (!client.write(standIn.answer(connection, bytes))) client.pause();
    });
    client.on('drain', () => client.resume());
    client.on('end', () => client.end());
  };
}

/** Everything is passed on to a server, and back. */
export function relaying({ ip, port }: Place, listener: Listener): Serve {
  return (connection, client, keep) => {
    const server = connect({ port, host: ip, allowHalfOpen: true });
    keep(server);
    listener.opened?.(connection);
    const pass = (from: Side, source: Socket, target: Socket) => {
      source.on('data', (bytes) => listener.heard(from, connection, bytes));
      source.on('end', () => listener.ended?.(from, connection, false));
      source.on('error', () => listener.ended?.(from, connection, true));
      source.pipe(target);
      // Bytes that it has sent before its end still go out.
      source.on('close', (hadError) => (hadError ? target.destroy() : target.destroySoon()));
    };
    pass('client', client, server);
    pass('server', server, client);
  };
}

/** A port that clients connect to, where all that they say is overheard. */
export class Ear {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connections = 0;

  constructor(serve: Serve) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#keep(client);
      serve(++this.#connections, client, (socket) => this.#keep(socket));
    });
  }

  /** Listens. Resolves with the port; rejects when the address cannot be used. */
  async open({ ip, port }: Place): Promise<number> {
    this.#server.listen(port, ip);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Ends all connections. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
