import { once } from 'node:events';
import { WebSocket } from 'ws';
import { PASSWORD } from './message.js';

/** Bytes of a count. */
const COUNT = 4;

/** How a client on a WebSocket is. */
export interface TabOptions {
  /** It says what it has, as the page for browsers does. */
  readonly counts: boolean;
}

/** A client on a WebSocket that is logged in. */
export class Tab {
  /** Called for each document. */
  onDocument: (document: Buffer) => void = () => {};
  /** Called when the connection ends otherwise than by close(). */
  onEnd: () => void = () => {};
  readonly #socket: WebSocket;
  readonly #counts: boolean;
  #received = 0;
  #told = 0;

  /** Connects to a web port of 127.0.0.1 and logs in. Rejects when that does not work. */
  static async open(port: number, id: number, { counts }: TabOptions): Promise<Tab> {
    const key = `bench-key-${id}`.padEnd(16, '-');
    const url = `ws://127.0.0.1:${port}/chat?tab=${key}`;
    const tab = new Tab(new WebSocket(url, counts ? ['counts'] : [], { perMessageDeflate: false }), counts);
    await once(tab.#socket, 'open');
    await tab.#logIn(id);
    return tab;
  }

  private constructor(socket: WebSocket, counts: boolean) {
    this.#socket = socket;
    this.#counts = counts;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return;
      this.#received++;
      this.onDocument(data);
      if (this.#counts) setImmediate(() => this.#tell());
    });
    socket.on('error', () => {});
    socket.on('close', () => this.onEnd());
  }

  send(document: string): void {
    this.#socket.send(document);
  }

  close(): void {
    this.onEnd = () => {};
    this.#socket.terminate();
  }

  #logIn(id: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onEnd = () => reject(new Error('the connection ended before the answer came'));
      this.onDocument = (data) => {
        const answer: { readonly errno?: number } = JSON.parse(String(data));
        if (answer.errno === 0) resolve();
        else reject(new Error(`login was answered ${data}`));
      };
      this.send(JSON.stringify({ id, msgid: 1, password: PASSWORD }));
    });
  }

  /** Once for what came together. */
  #tell(): void {
    if (this.#told === this.#received || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#told = this.#received;
    const bytes = Buffer.allocUnsafe(COUNT);
    bytes.writeUInt32BE(this.#told);
    this.#socket.send(bytes);
  }
}

/** Does the work, then closes the connections. */
export async function withTabs<T>(tabs: readonly Tab[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const tab of tabs) tab.close();
  }
}
