import { once } from 'node:events';
import { WebSocket } from 'ws';
import { beforeDeadline } from '../harness/deadline.js';

// biome-ignore lint/suspicious/noExplicitAny: a document may be anything
type Document = Record<string, any>;

/** How a browser comes. */
export interface Coming {
  /** The part of the address behind `/chat`. */
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** It says what it has. */
  readonly counts?: boolean;
}

/** A client on a WebSocket that knows documents and counts. */
export class WebUser {
  readonly socket: WebSocket;
  /** The server's counts of this client's documents, and of its own. */
  handled = -1;
  confirmed = -1;
  received = 0;
  readonly #cookie: () => string | undefined;
  readonly #heard: Document[] = [];
  readonly #waiting: (() => void)[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(socket: WebSocket, cookie: () => string | undefined) {
    this.socket = socket;
    this.#cookie = cookie;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) [this.handled, this.confirmed] = [data.readUInt32BE(), data.readUInt32BE(4)];
      else {
        this.received++;
        this.#heard.push(JSON.parse(String(data)));
      }
      this.#changed();
    });
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: String(reason) };
      this.#changed();
    });
  }

  /** Connects. Rejects with what the server answered when it does not take it. */
  static async connect(
    url: string,
    { query = '', headers = {}, counts = false }: Coming = {},
  ): Promise<WebUser> {
    const address = `${url.replace(/^http/, 'ws')}chat${query}`;
    const socket = new WebSocket(address, counts ? ['counts'] : [], { headers, rejectUnauthorized: false });
    let cookie: string | undefined;
    socket.on('upgrade', ({ headers: { 'set-cookie': [set] = [] } }) => {
      cookie = set;
    });
    // Documents that come with the answer are not missed.
    const user = new WebUser(socket, () => cookie);
    await beforeDeadline(once(socket, 'open'), () => 'a WebSocket');
    return user;
  }

  /** The cookie that the server gave it, with its rules. */
  get cookie(): string | undefined {
    return this.#cookie();
  }

  say(document: Document | string): void {
    this.socket.send(typeof document === 'string' ? document : JSON.stringify(document));
  }

  /** The next document. */
  async hear(): Promise<Document> {
    await this.until(() => this.#heard.length > 0, 'a document');
    return this.#heard.shift() as Document;
  }

  /** Says how many documents of this connection are kept here. */
  tell(count = this.received): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(count);
    this.socket.send(bytes);
  }

  async login(id: number, password = 'pw'): Promise<Document> {
    this.say({ id, msgid: 1, password });
    return this.hear();
  }

  async register(name: string, password = 'pw'): Promise<Document> {
    this.say({ msgid: 4, name, password });
    return this.hear();
  }

  chat(id: number, toid: number, msg: string): void {
    this.say({ id, msg, msgid: 6, toid });
  }

  /** How the connection has ended. */
  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    await this.until(() => this.#closed !== undefined, 'the end of a WebSocket');
    return this.#closed ?? { code: 0, reason: '' };
  }

  /** Resolves when something is so, which only changes with what comes. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    while (!isSo())
      await beforeDeadline(new Promise<void>((resolve) => this.#waiting.push(resolve)), () => what);
  }

  #changed(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}
