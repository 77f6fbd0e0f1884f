import { documentStream } from '../../src/client/stream.js';
import { LIMITS } from '../../src/compat/limits.js';
import { Client } from './client.js';
import { DEADLINE } from './deadline.js';
import type { Server } from './server.js';

// biome-ignore lint/suspicious/noExplicitAny: a document may be anything
export type Document = Record<string, any>;

/** Those of chat-compat, but that a busy machine has longer to answer. */
const PATIENT = { ...LIMITS, answer: DEADLINE };

/** A TCP client that speaks the protocol: sends documents, and takes the server's one by one. */
export class User {
  readonly client: Client;
  readonly #cut = documentStream();
  readonly #documents: Document[] = [];
  #had = 0;

  /** @param client the connection that it speaks on */
  constructor(client: Client) {
    this.client = client;
  }

  /** How many bytes of the connection it has taken. */
  get had(): number {
    return this.#had;
  }

  static async connect(server: Pick<Server, 'port'>): Promise<User> {
    return new User(await Client.connect(server.port, '127.0.0.1', PATIENT));
  }

  /** Connects and logs in. */
  static async online(server: Pick<Server, 'port'>, id: number, password = 'pw'): Promise<User> {
    const user = await User.connect(server);
    const reply = await user.login(id, password);
    if (reply.errno !== 0) throw new Error(`login of ${id}: ${JSON.stringify(reply)}`);
    return user;
  }

  /** Sends a document and its NUL, or bytes as they are. */
  async say(what: Document | string | Buffer): Promise<void> {
    const raw = typeof what === 'string' || Buffer.isBuffer(what);
    await this.client.send(raw ? what : `${JSON.stringify(what)}\0`);
  }

  /** The next document from the server. */
  async hear(): Promise<Document> {
    while (this.#documents.length === 0) {
      const bytes = await this.client.takeWhen((unread) => unread.length > 0, 'a document');
      this.#had += bytes.length;
      for (const text of this.#cut(bytes)) this.#documents.push(JSON.parse(text));
    }
    return this.#documents.shift() as Document;
  }

  async login(id: number, password = 'pw'): Promise<Document> {
    await this.say({ id, msgid: 1, password });
    return this.hear();
  }

  async register(name: string, password = 'pw'): Promise<Document> {
    await this.say({ msgid: 4, name, password });
    return this.hear();
  }

  async chat(id: number, toid: number, msg: string): Promise<void> {
    await this.say({ id, msg, msgid: 6, toid });
  }

  async groupChat(id: number, groupid: number, msg: string): Promise<void> {
    await this.say({ groupid, id, msg, msgid: 10 });
  }

  /**
   * Everything that has come up to now: a failed login is answered after all that was sent before it.
   * Resolves when everything sent before has been handled.
   */
  settle(): Promise<Document[]> {
    return this.#refused({ id: -2147483648, msgid: 1, password: 'nobody' });
  }

  /**
   * The same while the database is away: a login that names no account is refused without it. What the system says was
   * read may still wait in the server to be handled, and is lost when it is told to stop.
   */
  settleWithoutDatabase(): Promise<Document[]> {
    return this.#refused({ msgid: 1 });
  }

  async #refused(login: Document): Promise<Document[]> {
    await this.say(login);
    const heard: Document[] = [];
    for (;;) {
      const document = await this.hear();
      if (document.msgid === 2 && document.errno === 1) return heard;
      heard.push(document);
    }
  }

  /** Everything that comes until the server ends the connection. */
  async rest(): Promise<Document[]> {
    const heard = this.#documents.splice(0);
    for (const text of this.#cut(await this.client.end())) heard.push(JSON.parse(text));
    return heard;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
