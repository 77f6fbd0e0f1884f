import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { beforeDeadline } from './deadline.js';

/** A TCP client that knows bytes only. */
export class Client {
  readonly #socket: Socket;
  readonly #changes = new EventEmitter();
  #unread: Buffer = Buffer.alloc(0);
  #ended = false;

  /** @param socket a connection that may be used */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay();
    socket.on('data', (bytes) => {
      this.#unread = Buffer.concat([this.#unread, bytes]);
      this.#changes.emit('change');
    });
    for (const end of ['end', 'error', 'close']) {
      socket.on(end, () => {
        this.#ended = true;
        this.#changes.emit('change');
      });
    }
  }

  /** Connects to a port of 127.0.0.1. Rejects when nobody listens there. */
  static async connect(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new Client(socket);
  }

  /** The client's own port. */
  get port(): number {
    return this.#socket.localPort ?? Number.NaN;
  }

  /** What was received and not yet taken. */
  get unread(): Buffer {
    return this.#unread;
  }

  /** Sends bytes, in one write. Resolves when the system has them. */
  async send(bytes: Buffer | string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Takes exactly the next `count` bytes. */
  async take(count: number): Promise<Buffer> {
    await this.#until(() => this.#unread.length >= count, `${count} bytes`);
    return this.#cut(count);
  }

  /** Takes everything received, once the predicate holds for it. */
  async takeWhen(predicate: (unread: Buffer) => boolean, what = 'the right bytes'): Promise<Buffer> {
    await this.#until(() => predicate(this.#unread), what);
    return this.#cut(this.#unread.length);
  }

  /** Lets bytes that were taken be the next ones again. */
  putBack(bytes: Buffer): void {
    this.#unread = Buffer.concat([bytes, this.#unread]);
  }

  /** Waits until the server has ended the connection, in whatever way. Returns what came before that. */
  async end(): Promise<Buffer> {
    const ended = () => this.#ended;
    while (!ended()) await this.#change('the end of the connection');
    return this.#cut(this.#unread.length);
  }

  /** Closes the connection in order (FIN), and waits until the server has done so too. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.end();
    await beforeDeadline(closed, () => 'the server to close its side');
  }

  /** Ends the connection at once (RST), unless the server has ended it: such a socket cannot be reset, and would never close. */
  reset(): void {
    if (this.#ended) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    while (!done()) {
      if (this.#ended) throw new Error(`connection ended before ${what}, with ${this.#seen()}`);
      await this.#change(what);
    }
  }

  async #change(what: string): Promise<void> {
    await beforeDeadline(once(this.#changes, 'change'), () => `${what}, having ${this.#seen()}`);
  }

  #cut(count: number): Buffer {
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return taken;
  }

  #seen(): string {
    return `${this.#unread.length} bytes unread: ${JSON.stringify(this.#unread.toString('utf8'))}`;
  }
}
