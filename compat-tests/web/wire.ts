import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { cutOff } from '../harness/cut-off.js';

/** Stands between browsers and a server, and cuts their connections without a word. */
export class CutWire {
  readonly #listener: Server;
  readonly #open = new Set<Socket>();
  #isAway = false;
  /** How many bytes have gone to browsers. */
  bytes = 0;

  private constructor(port: number) {
    this.#listener = createServer((browser) => {
      if (this.#isAway) {
        browser.on('error', () => {}).destroy();
        return;
      }
      const server = connect({ port, host: '127.0.0.1' });
      for (const [one, other] of [
        [browser, server],
        [server, browser],
      ] as const) {
        this.#open.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          this.#open.delete(one);
          other.destroy();
        });
      }
      server.on('data', (bytes) => {
        this.bytes += bytes.length;
      });
      browser.pipe(server).pipe(browser);
    });
  }

  /** Starts one before the server on that port of 127.0.0.1. */
  static async start(port: number): Promise<CutWire> {
    const wire = new CutWire(port);
    await once(wire.#listener.listen(0, '127.0.0.1'), 'listening');
    return wire;
  }

  /** Where browsers come to. */
  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}/`;
  }

  /** Cuts all that is open now, with what is on its way. */
  cut(): void {
    for (const socket of this.#open) cutOff(socket);
  }

  /** Cuts all that is open, and whatever comes from now on: the server cannot be reached. */
  goAway(): void {
    this.#isAway = true;
    this.cut();
  }

  comeBack(): void {
    this.#isAway = false;
  }

  stop(): void {
    this.#listener.close();
    for (const socket of this.#open) socket.destroy();
  }
}
