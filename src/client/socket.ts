import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';

/** How long a connection may take, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/** After this silence, in ms, the system looks whether the server is still there. */
const KEEP_ALIVE = 60_000;

/** Where a server is. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** With TLS, for the port of `--tls`: `true`, or options of node:tls, as `{ ca: readFileSync('ca.pem') }`. */
  readonly tls?: boolean | ConnectionOptions;
}

/** Connects to a server. Rejects with the system's error, after 10 silent seconds, or when `stopped` is aborted. */
export async function openSocket({ tls, host, port }: ServerAddress, stopped?: AbortSignal): Promise<Duplex> {
  const socket = tls ? openTls({ ...(tls === true ? {} : tls), host, port }) : connect({ host, port });
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE);
  const late = AbortSignal.timeout(CONNECT_TIMEOUT);
  const signal = stopped === undefined ? late : AbortSignal.any([late, stopped]);
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw late.aborted ? new Error('no answer') : error;
  }
}

/** An address has no name that a server could be asked for. */
function openTls(options: ConnectionOptions & { readonly host: string }): TLSSocket {
  return connectTls({ ...(isIP(options.host) === 0 && { servername: options.host }), ...options });
}
