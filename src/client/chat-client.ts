import { EventEmitter, once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Document } from './document.js';
import { numberOf, textOf } from './foreign.js';
import { type ConnectionLost, Link, type LinkLimits } from './link.js';
import { type ChatMessage, isChat, type Login, readChat, readLogin } from './received.js';
import { MOST_BYTES } from './stream.js';

/** How long a connection may take, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/** How long the server may take to close its side after close(), in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/** After so many silent milliseconds the system looks whether the server is still there. */
const KEEP_ALIVE = 60_000;

/** The most bytes of a message that servers take unless they were told otherwise (`--max-message`). */
const MOST_SENT = 65_536;

/** What bounds a connection to a server, where a program wants something else than the defaults. */
export type ChatClientOptions = Partial<LinkLimits>;

/** A minute for a reply, 16 MiB for a document from the server. */
const DEFAULTS: LinkLimits = { replyTimeout: 60_000, maxDocument: MOST_BYTES, maxMessage: MOST_SENT };

/** Where a server is, and what bounds the connection to it. */
export interface ChatClientAddress extends ChatClientOptions {
  readonly host: string;
  readonly port: number;
  /** With TLS, for the port of `--tls`: `true`, or options of node:tls, as `{ ca: readFileSync('ca.pem') }`. */
  readonly tls?: boolean | ConnectionOptions;
}

/** The server has refused a request: `errno` as in PROTOCOL.md section 5, the message in its words. */
export class ChatError extends Error {
  readonly errno: number;
  /** The reply as it came. */
  readonly document: Document;

  constructor(document: Document, otherwise: string) {
    super(textOf(document.errmsg) || otherwise);
    this.errno = numberOf(document.errno);
    this.document = document;
  }
}

export interface ChatClientEvents {
  /** A chat message came. */
  message: [message: ChatMessage];
  /** The connection has ended: `lost` says why, undefined after close(). */
  close: [lost: ConnectionLost | undefined];
}

/**
 * A client of a chat server: one connection, and one user at a time on it.
 *
 * All that is sent is handled in the order of the calls. The server does not answer chat, friends and groups:
 * those promises resolve when the message is on its way. Every method rejects with ConnectionLost when the
 * connection has ended, and with RangeError when what it would send is longer than the server takes or an id is
 * no whole number of 32 bits. Before a login there is only `register` and `login`: the others reject with an Error.
 */
export class ChatClient extends EventEmitter<ChatClientEvents> {
  readonly #link: Link;
  #user: { readonly id: number; readonly name: string } | undefined;
  #closing = false;

  /** Takes a connected stream that nobody reads; `ChatClient.connect` makes one. */
  constructor(stream: Duplex, options: ChatClientOptions = {}) {
    super();
    const receive = (document: Document) => {
      if (isChat(document)) this.emit('message', readChat(document));
    };
    this.#link = new Link(stream, receive, { ...DEFAULTS, ...options });
    void this.#link.closed.then((lost) => this.emit('close', this.#closing ? undefined : lost));
  }

  /** Connects to a server. Rejects with the system's error, or after 10 silent seconds. */
  static async connect({ tls, host, port, ...options }: ChatClientAddress): Promise<ChatClient> {
    const socket = tls ? openTls({ ...(tls === true ? {} : tls), host, port }) : connect({ host, port });
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE);
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT);
    try {
      await once(socket, tls ? 'secureConnect' : 'connect', { signal });
    } catch (error) {
      socket.destroy();
      throw signal.aborted ? new Error('no answer') : error;
    }
    return new ChatClient(socket, options);
  }

  /** Who is logged in. */
  get user(): { readonly id: number; readonly name: string } | undefined {
    return this.#user;
  }

  /** Makes an account. Resolves with its id. Rejects with ChatError when the name is taken. */
  async register(name: string, password: string): Promise<number> {
    const reply = await this.#link.request({ msgid: 4, name, password }, 5);
    if (reply.errno !== 0) throw new ChatError(reply, 'name is already exist');
    return numberOf(reply.id);
  }

  /** Logs in. Rejects with ChatError: errno 1 wrong id or password, 2 in use, 3 try again later. */
  async login(id: number, password: string): Promise<Login> {
    const reply = await this.#link.request({ id: whole(id), msgid: 1, password }, 2);
    if (reply.errno !== 0) throw new ChatError(reply, 'login failed');
    const login = readLogin(reply);
    this.#user = { id, name: login.name };
    return login;
  }

  /** Logs out; the connection stays, and can log in again. */
  async logout(): Promise<void> {
    const { id } = this.#self();
    this.#user = undefined;
    await this.#link.send({ id, msgid: 3 });
  }

  /** Sends a text to a user, who gets it at the next login when away. */
  async chat(toid: number, msg: string): Promise<void> {
    const { id, name } = this.#self();
    await this.#link.send({ id, msg, msgid: 6, name, time: timestamp(), toid: whole(toid) });
  }

  /** Sends a text to all other members of a group. */
  async groupChat(groupid: number, msg: string): Promise<void> {
    const { id, name } = this.#self();
    await this.#link.send({ groupid: whole(groupid), id, msg, msgid: 10, name, time: timestamp() });
  }

  /** Puts a user on the own list of friends. The next login shows it. */
  async addFriend(friendid: number): Promise<void> {
    await this.#link.send({ friendid: whole(friendid), id: this.#self().id, msgid: 7 });
  }

  /** Makes a group, with this user as its creator. The next login brings its id. */
  async createGroup(groupname: string, groupdesc: string): Promise<void> {
    await this.#link.send({ groupdesc, groupname, id: this.#self().id, msgid: 8 });
  }

  /** Joins a group. The next login shows it. */
  async joinGroup(groupid: number): Promise<void> {
    await this.#link.send({ groupid: whole(groupid), id: this.#self().id, msgid: 9 });
  }

  /** Ends the connection: all that was sent is still handled, all that still comes is emitted. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#link.end(CLOSE_TIMEOUT);
  }

  #self(): { readonly id: number; readonly name: string } {
    if (this.#user === undefined) throw new Error('log in first');
    return this.#user;
  }
}

/** An id that the server can read. It drops all others without a word: who mistook something would never know. */
function whole(id: number): number {
  if (id === (id | 0)) return id;
  throw new RangeError(`not an id: ${id}`);
}

/** An address has no name that a server could be asked for. */
function openTls(options: ConnectionOptions & { readonly host: string }): TLSSocket {
  return connectTls({ ...(isIP(options.host) === 0 && { servername: options.host }), ...options });
}

/** Local time as messages carry it, `YYYY-MM-DD HH:MM:SS`. */
export function timestamp(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${date} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}
