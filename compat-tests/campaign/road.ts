import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { cutOff } from '../harness/cut-off.js';

/** The way of one user to several servers: each connection leads to the next one. What is on it arrives unless it is reset. */
export class Road {
  readonly #listener: Server;
  /** Of each connection the end of the client and that of the server. */
  readonly #pairs = new Set<readonly [Socket, Socket]>();

  private constructor(ports: readonly number[]) {
    let next = 0;
    this.#listener = createServer({ allowHalfOpen: true }, (client) => {
      const port = ports[next++ % ports.length] ?? 0;
      this.#join(client, connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    });
  }

  static async to(ports: readonly number[]): Promise<Road> {
    const road = new Road(ports);
    await once(road.#listener.listen(0, '127.0.0.1'), 'listening');
    return road;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Ends all connections at once (RST): what is on its way on them is lost. */
  reset(): void {
    for (const ends of this.#pairs) for (const end of ends) cutOff(end);
  }

  /** Tells the servers that nothing more is sent: they end the connections when they have written all. */
  finish(): void {
    for (const [, server] of this.#pairs) server.end();
  }

  close(): void {
    this.#listener.close();
    this.reset();
  }

  #join(client: Socket, server: Socket): void {
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const end of pair) end.setNoDelay(true).on('error', () => {});
    client.pipe(server);
    server.pipe(client);
    // A server that is dead has sent something before, which the client reads to its end.
    server.on('close', () => client.end());
    client.on('close', () => {
      this.#pairs.delete(pair);
      server.destroy();
    });
  }
}
