import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

/** Stands between one client and a server, and keeps what the client sends. */
export class Relay {
  readonly sent: Buffer[] = [];
  readonly #listener: Server;

  private constructor(port: number) {
    this.#listener = createServer({ allowHalfOpen: true }, (client) => {
      const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      client.on('data', (bytes) => this.sent.push(bytes));
      client.pipe(server).pipe(client);
    });
  }

  /** Starts one before the server on that port of 127.0.0.1. */
  static async start(port: number): Promise<Relay> {
    const relay = new Relay(port);
    await once(relay.#listener.listen(0, '127.0.0.1'), 'listening');
    return relay;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Ends it once its connections have ended. */
  stop(): void {
    this.#listener.close();
  }
}
