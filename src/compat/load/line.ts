import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from '../deadline.js';
import { LIMITS } from '../limits.js';

/** All connections read into this one buffer: what is in it is used before the next read. */
const READ = Buffer.allocUnsafeSlow(65_536);
const BRACE = 0x7d;

/** Where a connection comes from: with many from one address the kernel searches long for a port of its own choice. */
export interface Local {
  readonly localAddress: string;
  readonly localPort: number;
}

/** A client that does not close when its server does. */
export interface Silent {
  readonly allowHalfOpen: true;
}

export type From = Local | Silent;

/** One client connection of the load generator, as light as node:net allows. */
export class Line {
  /** Called with the first `count` bytes of a buffer that is used again after the call. */
  onBytes: (bytes: Uint8Array, count: number) => void = () => {};
  /** Called when the connection ends otherwise than by close(). */
  onEnd: () => void = () => {};
  readonly #socket: Socket;

  private constructor(port: number, from: From | undefined, host: string) {
    const callback = (count: number, bytes: Uint8Array) => {
      this.onBytes(bytes, count);
      return true;
    };
    const onread = { buffer: READ, callback };
    this.#socket = connect({ port, host, noDelay: true, onread, ...from });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.onEnd());
  }

  /** Connects to a port, of 127.0.0.1 unless a host is given, from another place if one is given. */
  static async open(port: number, from?: From, host = '127.0.0.1'): Promise<Line> {
    const line = new Line(port, from, host);
    await once(line.#socket, 'connect');
    return line;
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends a message and reads the JSON object that answers it. Rejects when that does not come. */
  ask(bytes: Uint8Array): Promise<Record<string, unknown>> {
    return within(LIMITS.answer, this.#answer(bytes), () => `the answer to ${bytes}`);
  }

  #answer(bytes: Uint8Array): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      this.onEnd = () => reject(new Error('the connection ended before the answer came'));
      this.onBytes = (read, count) => {
        parts.push(Buffer.from(read.subarray(0, count)));
        const answer = read[count - 1] === BRACE ? parsed(Buffer.concat(parts)) : undefined;
        if (answer !== undefined) resolve(answer);
      };
      this.send(bytes);
    });
  }

  /** Closes at once, by FIN. */
  close(): void {
    this.onEnd = () => {};
    this.#socket.destroy();
  }

  /** Closes, and resolves when that is done. */
  async closed(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.close();
    await closed;
  }
}

/** Does the work, then closes the connections. */
export async function withLines<T>(lines: readonly Line[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const line of lines) line.close();
  }
}

/** The object, or undefined when the bytes end in the middle of one. */
function parsed(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
