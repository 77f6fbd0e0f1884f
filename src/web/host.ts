import type { BlockList, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connection, ConnectionHost } from '../net/connection.js';
import type { Store } from '../store/store.js';
import { textFrame } from './outgoing-frames.js';

/** The parts of the server that serving browsers needs. */
export interface WebHost {
  /** The parts that other clients' connections need. */
  readonly connections: ConnectionHost;
  readonly store: Store;
  /** The proxies whose X-Forwarded-For is believed. */
  readonly proxies: BlockList | undefined;
  /** Origins of other pages that may chat here. */
  readonly origins: readonly string[];
  /** The charset in which names are stored, where that is not any text. */
  readonly charset: string | undefined;
  /** For so many seconds a message can be taken back; 0 for never. */
  readonly recall: number;
  /** Accounts that the page logs in to by itself. */
  readonly demo: { readonly ids: readonly number[]; readonly password: string } | undefined;
  /** Serves a client. */
  accept(stream: Duplex, address: string, host: ConnectionHost): Connection;
  /** Somebody was turned away. */
  refuse(reason: string, address: string): void;
  /** The database does not keep the logins of browsers. */
  cannotKeep(reason: string): void;
}

/** Somebody who has connected, before it is known whether it wants a file or to chat. */
export interface Caller {
  /** The other end of the connection: a client, or a proxy. */
  readonly address: string;
  /** It has become a client. */
  enter(connection: Connection, socket: Socket): void;
  /** It need not end soon. */
  stay(): void;
}

/**
 * The parts that the connection of a browser needs: documents come behind their lengths, and leave as frames, as
 * DocumentStream has them, whatever stands around them elsewhere; no pace, and replies of any length: a browser takes one message for one
 * document. It confirms by `counts` (see DocumentStream).
 */
export function forBrowsers(host: ConnectionHost): ConnectionHost {
  const { first: _first, ...others } = host;
  return {
    ...others,
    confirming: undefined,
    dialect: { ...host.dialect, framing: { in: 'length', out: 'length' }, buffer: undefined },
    limits: { ...host.limits, pace: 0, room: undefined, sockets: undefined, frame: textFrame },
  };
}

/** The path of a request, by its target: a stranger chooses it. */
export function partsOf(target = '/'): { readonly path: string; readonly query: URLSearchParams } {
  const [path = '', query = ''] = target.split('?', 2);
  return { path, query: new URLSearchParams(query) };
}
