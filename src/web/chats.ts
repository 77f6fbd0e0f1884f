import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Server, WebSocketServer } from 'ws';
import type { Connection } from '../net/connection.js';
import { cookieWith, tokenOf } from './cookie.js';
import { DocumentStream } from './documents.js';
import { frameRules } from './frames.js';
import { type Caller, forBrowsers, partsOf, type WebHost } from './host.js';
import { Logins, newToken } from './logins.js';
import { PageSocket } from './page-socket.js';
import { Pings } from './pings.js';
import { clientOf, isOwnPage, isSecure } from './request.js';
import { Tab, Tabs } from './tabs.js';
import type { Intent } from './visitor.js';
import { Visitors } from './visitors.js';

/** A page that says what it has got says so by this subprotocol (see DocumentStream). */
const COUNTS = 'counts';

/** The key that a tab has given itself. */
const KEY = /^[\w-]{16,64}$/;

/**
 * The WebSockets: `/chat?tab=KEY&keep`, or `&resume` for who logs in by the token of an earlier login, or neither for who
 * is to be forgotten.
 */
export class Chats {
  private readonly host: WebHost;
  private readonly visitors: Visitors;
  private readonly sockets: Server<typeof PageSocket>;
  private readonly cookies = new WeakMap<IncomingMessage, string>();
  private readonly tabs = new Tabs();
  private readonly pings = new Pings();

  constructor(host: WebHost) {
    this.host = host;
    const connections = forBrowsers(host.connections);
    this.visitors = new Visitors({ ...host, connections, logins: new Logins(host.store) }, (stream) =>
      this.pings.forget(stream),
    );
    this.sockets = new WebSocketServer({
      noServer: true,
      WebSocket: PageSocket,
      ...frameRules(host.connections.limits.maxMessage),
      handleProtocols: (offered) => offered.has(COUNTS) && COUNTS,
    });
    this.sockets.on('headers', (headers, request) => {
      const cookie = this.cookies.get(request);
      if (cookie !== undefined) headers.push(`Set-Cookie: ${cookie}`);
    });
  }

  /** Asks nobody any more whether it is there. */
  close(): void {
    this.pings.close();
  }

  /** Makes a client of who asks for a WebSocket, or turns it away. Never rejects. */
  async open(request: IncomingMessage, socket: Socket, head: Buffer, caller: Caller): Promise<void> {
    const { host } = this;
    const { path, query } = partsOf(request.url);
    const address = clientOf(caller.address, request.headers, host.proxies);
    if (path !== '/chat') return refuse(socket, 404);
    const encrypted = socket instanceof TLSSocket;
    const secure = isSecure({ encrypted, peer: caller.address }, request.headers, host.proxies);
    if (!isOwnPage(request.headers, secure, host.origins)) {
      host.refuse('a page of another origin', address);
      return refuse(socket, 403);
    }
    const intent = this.intentOf(request, query);
    const token = intent.keep ?? intent.resume;
    if (token !== undefined) this.cookies.set(request, cookieWith(token, secure));
    await intent.tab.leave();
    this.sockets.handleUpgrade(request, socket, head, (ws) => {
      caller.stay();
      caller.enter(this.enter(ws, socket, address, intent), socket);
    });
  }

  private intentOf(request: IncomingMessage, query: URLSearchParams): Intent {
    const key = query.get('tab') ?? '';
    const tab = KEY.test(key) ? this.tabs.find(key) : new Tab();
    const shown = tokenOf(request.headers);
    return {
      tab,
      ...(query.has('resume') && shown !== undefined && { resume: shown }),
      ...(query.has('keep') && { keep: newToken(), ...(shown !== undefined && { replaced: shown }) }),
    };
  }

  private enter(ws: PageSocket, socket: Socket, address: string, intent: Intent): Connection {
    const { host, pings, visitors } = this;
    const stream = new DocumentStream(ws, socket, ws.protocol === COUNTS);
    intent.tab.enter(stream);
    pings.add(stream);
    const connection = host.accept(stream, address, visitors.connectionHost);
    visitors.add(connection, intent, stream);
    stream.owner = connection;
    stream.begin(intent.tab.handled);
    return connection;
  }
}

/** Answers a request for a WebSocket that there is none. */
function refuse(socket: Socket, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
