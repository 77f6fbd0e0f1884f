import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { hear } from '../net/first-words.js';
import { guarded, unexpected } from '../net/guard.js';
import { InTurn } from '../net/in-turn.js';
import { isMeant } from '../net/meant.js';
import { hasLongBody, OneRequest } from '../net/one-request.js';
import { limit } from '../store/limit.js';
import { StoreUnavailable } from '../store/store.js';
import { Chats } from './chats.js';
import { clearedCookie, tokenOf } from './cookie.js';
import { isWholeHead } from './head.js';
import { type Caller, partsOf, type WebHost } from './host.js';
import { Logins, type Token } from './logins.js';
import { type Answer, HEADERS, PageFiles } from './page-files.js';
import { isOwnPage, isProxy, isSecure } from './request.js';

/** For a request to come and its answer to be fetched, in ms: who only holds a connection loses it. */
const PATIENCE = 15_000;

/** The most bytes of the headers of a request. */
const MOST_HEADERS = 16_384;

/** At most this many logouts ask the database at a time: strangers ask for them, and logins have to get through. */
const LOGOUTS = 4;

/** At most this many logouts wait for that: others are told to try again later. */
const WAITING = 1000;

function isLoopback(address = ''): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** The facts about the server for the page. */
function told({ connections: { dialect, limits }, charset, recall, demo }: WebHost): Record<string, object> {
  return {
    '/dialect.json': dialect.spoken,
    '/server.json': {
      maxMessage: limits.maxMessage,
      recall,
      ...(charset !== undefined && { charset }),
      demo,
    },
  };
}

/**
 * The server of browsers: the page, and behind `/chat` a WebSocket on which each is a client as any other.
 *
 * 1. Nothing that a browser sends throws, and nothing of a request's body is kept.
 * 2. A connection that is not a WebSocket ends with its first answer, at a second request before it, and after PATIENCE
 *    at the latest.
 * 3. A page of another origin neither chats nor ends logins.
 */
export class Web {
  private readonly host: WebHost;
  private readonly files: PageFiles;
  private readonly http: Server;
  private readonly chats: Chats;
  private readonly logins: Logins;
  private readonly callers = new WeakMap<Duplex, Caller>();
  private readonly hosts: readonly string[];
  private readonly asking = new OneRequest();
  private readonly logouts = limit(LOGOUTS);
  private readonly turns = new InTurn();

  /** Throws the system's error when the page was not built. */
  constructor(host: WebHost) {
    this.host = host;
    this.hosts = host.origins.map((origin) => new URL(origin).hostname.toLowerCase());
    this.files = new PageFiles(told(host));
    this.logins = new Logins(host.store);
    this.chats = new Chats(host);
    this.http = createServer({ maxHeaderSize: MOST_HEADERS });
    this.http.on('request', guarded('a browser', this.request.bind(this)));
    this.http.on('upgrade', guarded('a browser', this.upgrade.bind(this)));
    this.http.on('clientError', guarded('a browser', this.notHttp.bind(this)));
  }

  /** Takes a connection that is to speak HTTP. */
  take(socket: Socket, { address, enter }: Omit<Caller, 'stay'>): void {
    const late = setTimeout(() => socket.destroy(), PATIENCE);
    const forget = () => clearTimeout(late);
    // Of who stays nothing of this is kept.
    const stay = () => {
      forget();
      socket.off('close', forget);
      this.callers.delete(socket);
    };
    socket.on('close', forget);
    this.callers.set(socket, { address, enter, stay });
    hear(socket, this.turns, {
      isWhole: (bytes) => isWholeHead(bytes, MOST_HEADERS),
      enter: () => {
        this.http.emit('connection', socket);
        socket.resume();
      },
      left: (said) => said && this.host.refuse('no HTTP', address),
    });
  }

  /** Asks no browser any more whether it is there. */
  close(): void {
    this.chats.close();
  }

  private async request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.asking.begin(request)) return;
    if (hasLongBody(request)) {
      response.writeHead(413, HEADERS).end();
      request.destroy();
      return;
    }
    try {
      const { status, headers, body } = await this.answer(request);
      response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) unexpected(error, 'a browser');
      if (response.headersSent) response.destroy();
      else response.writeHead(503, HEADERS).end('try again later');
    }
    request.resume();
  }

  private answer(request: IncomingMessage): Answer | Promise<Answer> {
    const { method, url } = request;
    const { path, query } = partsOf(url);
    if (!this.isMeant(request))
      return { status: 421, body: 'this Host is no name of this server: list it by --web-origin' };
    if (method === 'GET' || method === 'HEAD') return this.files.answer(path, request);
    if (method === 'POST' && path === '/logout') return this.logOut(request, query.has('everywhere'));
    return { status: 405, headers: { allow: 'GET, HEAD' }, body: 'this server is asked by GET' };
  }

  /** The browser forgets its token, and the server what it was worth. */
  private async logOut(request: IncomingMessage, everywhere: boolean): Promise<Answer> {
    if (!this.isOwn(request)) return { status: 403, body: 'this page may not' };
    const token = tokenOf(request.headers);
    if (this.logouts.waits() >= WAITING) return { status: 503, body: 'try again later' };
    if (token !== undefined) await this.logouts(() => this.endLogin(request.socket, token, everywhere));
    return { status: 204, headers: { 'set-cookie': clearedCookie() } };
  }

  /**
   * Only who is on this machine reaches what listens on it alone, and a page of elsewhere that he visits, if its name
   * leads here: its Host gives it away. A proxy that is trusted sees to that itself.
   */
  private isMeant({ headers, socket }: IncomingMessage): boolean {
    const { proxies } = this.host;
    if (!isLoopback(socket.localAddress) || isProxy(this.callers.get(socket)?.address ?? '', proxies))
      return true;
    return isMeant(headers.host, this.hosts);
  }

  private isOwn({ headers, socket }: IncomingMessage): boolean {
    const { proxies, origins } = this.host;
    const encrypted = socket instanceof TLSSocket;
    const peer = this.callers.get(socket)?.address ?? '';
    return isOwnPage(headers, isSecure({ encrypted, peer }, headers, proxies), origins);
  }

  /** Of who is gone before it is his turn nothing is asked: else there were more of them than connections. */
  private async endLogin(socket: Socket, token: Token, everywhere: boolean): Promise<void> {
    if (!socket.destroyed) await this.logins.end(token, everywhere);
  }

  private async upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    if (!this.asking.begin(request)) return;
    const caller = this.callers.get(socket);
    if (caller === undefined || !this.isMeant(request)) socket.destroy();
    else await this.chats.open(request, socket, head, caller);
    this.asking.end(request);
  }

  /** Bytes that are no HTTP, or a request that is too long or too late. */
  private notHttp(error: NodeJS.ErrnoException, socket: Duplex): void {
    const caller = this.callers.get(socket);
    if (caller !== undefined && error.code !== 'ECONNRESET') this.host.refuse('no HTTP', caller.address);
    if (!socket.writable) socket.destroy();
    else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}
