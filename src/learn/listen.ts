import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Session } from './session.js';
import { StandIn } from './stand-in.js';

export interface Place {
  readonly ip: string;
  readonly port: number;
}

/** Somewhere that clients connect to while it is overheard what they say. */
export class Ear {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connections = 0;

  /**
   * @param to the fork's own server, which everything is passed on to; without it clients get answers that are made up
   */
  constructor(session: Session, to: Place | undefined) {
    const standIn = new StandIn(session);
    this.#server = createServer((client) => {
      const connection = ++this.#connections;
      this.#keep(client);
      if (to === undefined) client.on('data', (bytes) => client.write(standIn.answer(connection, bytes)));
      else this.#relay(session, connection, client, to);
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

  #relay(session: Session, connection: number, client: Socket, { ip, port }: Place): void {
    const server = connect(port, ip);
    this.#keep(server);
    client.on('data', (bytes) => session.heard('client', connection, bytes));
    server.on('data', (bytes) => session.heard('server', connection, bytes));
    client.pipe(server);
    server.pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
