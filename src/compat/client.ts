import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from './deadline.js';
import { LIMITS, type Limits } from './limits.js';

/** The server has ended the connection before what was waited for. */
export class Ended extends Error {}

/** The server sends more than is kept. */
export class TooMuch extends Error {}

/**
 * A TCP client that knows bytes only.
 *
 * 1. No wait for the server to say something is longer than `limits.answer`.
 * 2. At most `limits.most` bytes are kept unread; a server that sends more is hung up on.
 */
export class Client {
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #changes = new EventEmitter();
  #parts: Buffer[] = [];
  #length = 0;
  #ended = false;
  #tooMuch = false;

  /** @param socket a connection that may be used */
  constructor(socket: Socket, limits: Limits = LIMITS) {
    this.#socket = socket;
    this.#limits = limits;
    socket.setNoDelay();
    socket.on('data', (bytes) => this.#receive(bytes));
    for (const end of ['end', 'error', 'close']) {
      socket.on(end, () => {
        this.#ended = true;
        this.#changes.emit('change');
      });
    }
  }

  /** Connects to a port, of 127.0.0.1 unless a host is given. Rejects when nobody listens there. */
  static async connect(port: number, host = '127.0.0.1', limits: Limits = LIMITS): Promise<Client> {
    const socket = connect({ port, host, allowHalfOpen: false });
    try {
      await within(limits.answer, once(socket, 'connect'), () => `a connection to ${host}:${port}`);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new Client(socket, limits);
  }

  /** The client's own port. */
  get port(): number {
    return this.#socket.localPort ?? Number.NaN;
  }

  /** Whether the server has ended the connection, or it was closed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The bytes that were received and not yet taken. */
  get unread(): Buffer {
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }

  /** Sends bytes, in one write. Resolves when the system has them, or rejects when it does not take them. */
  async send(bytes: Buffer | string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const refused = () => new Ended(`connection ended before it took what was sent, with ${this.#seen()}`);
      this.#socket.write(bytes, (error) => (error ? reject(refused()) : resolve()));
    });
  }

  /** Takes exactly the next `count` bytes. */
  async take(count: number): Promise<Buffer> {
    await this.#until(() => this.#length >= count, `${count} bytes`);
    return this.#cut(count);
  }

  /** Takes everything received, once the predicate holds for it. */
  async takeWhen(predicate: (unread: Buffer) => boolean, what = 'the right bytes'): Promise<Buffer> {
    await this.#until(() => predicate(this.unread), what);
    return this.#cut(this.#length);
  }

  /** Lets bytes that were taken be the next ones again. */
  putBack(bytes: Buffer): void {
    this.#parts.unshift(bytes);
    this.#length += bytes.length;
  }

  /** Waits until the server has ended the connection, in whatever way. Returns what came before that. */
  async end(): Promise<Buffer> {
    const ended = () => this.#ended;
    while (!ended()) await this.#change('the end of the connection');
    return this.#cut(this.#length);
  }

  /** Reads nothing until resume(): the system's buffers fill, and the server must keep what it writes. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends the end (FIN), and goes on reading. */
  finish(): void {
    this.#socket.end();
  }

  /** Closes the connection in order (FIN), and waits until the server has done so too. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.end();
    await within(this.#limits.answer, closed, () => 'the server to close its side');
  }

  /** Ends the connection at once (RST), unless the server has ended it: such a socket cannot be reset, and would never close. */
  reset(): void {
    if (this.#ended) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #receive(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length > this.#limits.most) {
      this.#tooMuch = true;
      this.#ended = true;
      this.#socket.destroy();
    }
    this.#changes.emit('change');
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    while (!done()) {
      if (this.#tooMuch)
        throw new TooMuch(`the server sent more than ${this.#limits.most} bytes before ${what}`);
      if (this.#ended) throw new Ended(`connection ended before ${what}, with ${this.#seen()}`);
      await this.#change(what);
    }
  }

  async #change(what: string): Promise<void> {
    const change = once(this.#changes, 'change');
    await within(this.#limits.answer, change, () => `${what}, having ${this.#seen()}`);
  }

  #cut(count: number): Buffer {
    const unread = this.unread;
    const rest = unread.subarray(count);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    return unread.subarray(0, count);
  }

  #seen(): string {
    const shown = this.unread.subarray(0, 2000).toString('utf8');
    return `${this.#length} bytes unread: ${JSON.stringify(shown)}`;
  }
}
