import { isIP } from 'node:net';

/** Where to listen besides the clients' port. */
export interface Address {
  /** Undefined when only a port was given. */
  readonly ip: string | undefined;
  readonly port: number;
}

/** An admin port of another node: 127.0.0.1 where only a port was given. */
export interface Peer {
  readonly host: string;
  readonly port: number;
}

/** Reads `PORT`, `HOST:PORT` or `[IP]:PORT`, where the host may be a name. Undefined when it is none of these. */
export function parsePeer(text: string): Peer | undefined {
  const [, v6, name, digits = ''] = /^(?:\[(.+)\]:|([A-Za-z\d._-]{1,253}):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const isRight = digits !== '' && port > 0 && port <= 65_535 && (v6 === undefined || isIP(v6) === 6);
  return isRight ? { host: v6 ?? name ?? '127.0.0.1', port } : undefined;
}

/** Reads `PORT`, `IP:PORT` or `[IP]:PORT`. Undefined when it is none of these. */
export function parseAddress(text: string): Address | undefined {
  const [, v6, v4, digits = ''] = /^(?:\[(.+)\]:|([\d.]+):)?(\d{1,5})$/.exec(text) ?? [];
  const [ip, port] = [v6 ?? v4, Number(digits)];
  return digits !== '' && (ip === undefined || isIP(ip) > 0) && port <= 65_535 ? { ip, port } : undefined;
}
