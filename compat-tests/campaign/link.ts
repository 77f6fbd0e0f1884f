import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { cutOff } from '../harness/cut-off.js';

/** A link lets everything pass between two ends, or nothing until it is healed, or nothing ever again. */
type Passage = 'open' | 'stalled' | 'dead';

interface Pair {
  readonly ends: readonly [Socket, Socket];
  passage: Passage;
}

/** The way from one node to its database or Redis, which can be cut as networks are cut. */
export class Link {
  readonly port: number;
  /** How much later everything arrives, in ms. */
  latency = 0;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** Connections that were opened while nothing passed. */
  readonly #held = new Set<Socket>();
  #isCut = false;

  /** Opens one to a port of 127.0.0.1. */
  static async to(target: number): Promise<Link> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Link(server, target);
  }

  private constructor(server: Server, target: number) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on('connection', (client) => {
      client.on('error', () => {});
      if (this.#isCut) this.#held.add(client);
      else this.#join(client, connect(target, '127.0.0.1'));
    });
  }

  /** Nothing passes until heal(), then everything does: a cable out for a while. */
  stall(): void {
    this.#cut('stalled');
  }

  /** Nothing passes, and what is connected now never hears of each other again: a firewall that forgot them. */
  drop(): void {
    this.#cut('dead');
  }

  /** Lets everything pass again. */
  heal(): void {
    this.#isCut = false;
    for (const client of this.#held) client.destroy();
    this.#held.clear();
    for (const pair of this.#pairs) {
      if (pair.passage === 'dead') continue;
      pair.passage = 'open';
      for (const end of pair.ends) end.resume();
    }
  }

  /** Ends what is left of connections that were dropped: the services notice that nobody is there. */
  bury(): void {
    for (const { ends, passage } of this.#pairs) {
      if (passage === 'dead') for (const end of ends) end.destroy();
    }
  }

  /** Ends all connections at once, on both sides. */
  reset(): void {
    for (const { ends } of this.#pairs) for (const end of ends) cutOff(end);
    this.#pairs.clear();
  }

  close(): void {
    this.#server.close();
    this.heal();
    this.reset();
  }

  #cut(passage: Passage): void {
    this.#isCut = true;
    for (const pair of this.#pairs) {
      if (pair.passage !== 'dead') pair.passage = passage;
      for (const end of pair.ends) end.pause();
    }
  }

  #join(client: Socket, server: Socket): void {
    const pair: Pair = { ends: [client, server], passage: 'open' };
    this.#pairs.add(pair);
    this.#pass(pair, client, server);
    this.#pass(pair, server, client);
  }

  #pass(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true).on('error', () => {});
    const forward = (bytes: Buffer) => {
      if (!to.write(bytes)) from.pause();
    };
    from.on('data', (bytes) => {
      if (this.latency === 0) forward(bytes);
      else setTimeout(forward, this.latency, bytes);
    });
    to.on('drain', () => {
      if (pair.passage === 'open') from.resume();
    });
    // Nobody hears of an end that comes while nothing passes.
    from.on('close', () => {
      if (pair.passage === 'dead' && !to.destroyed) return;
      to.destroy();
      this.#pairs.delete(pair);
    });
  }
}
