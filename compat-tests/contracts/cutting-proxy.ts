import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a node and its database or Redis, and ends connections, also in place of an answer. */
export class CuttingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #question: string | undefined;

  static async start(target: number): Promise<CuttingProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CuttingProxy(server, target);
  }

  private constructor(server: Server, target: number) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on('connection', (client) => this.#join(client, connect(target, '127.0.0.1')));
  }

  /** Ends the connection on which these characters are sent next, in place of the answer to them. They are obeyed. */
  cutAnswerTo(question: string): void {
    this.#question = question;
  }

  /** Whether the answer was cut. */
  get hasCut(): boolean {
    return this.#question === undefined;
  }

  /** Ends all connections at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends all connections, and takes no more. */
  stop(): void {
    this.#server.close();
    this.cut();
  }

  #join(client: Socket, server: Socket): void {
    const end = () => [client, server].map((socket) => socket.destroy());
    let isAsked = false;
    client.on('data', (data) => {
      isAsked ||= this.#question !== undefined && data.includes(this.#question);
      server.write(data);
    });
    server.on('data', (data) => {
      if (!isAsked) return client.write(data);
      this.#question = undefined;
      client.off('close', end).destroy();
      // The questions that came together with it are carried out all the same: a reset would throw away those that are not read yet.
      server.removeAllListeners('data').resume().end();
    });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).on('error', end).on('close', end);
    }
  }
}
