import { isIP } from 'node:net';

/** Where to listen besides the clients' port. */
export interface Address {
  /** Undefined when only a port was given. */
  readonly ip: string | undefined;
  readonly port: number;
}

/** Reads `PORT`, `IP:PORT` or `[IP]:PORT`. Undefined when it is none of these. */
export function parseAddress(text: string): Address | undefined {
  const [, v6, v4, digits = ''] = /^(?:\[(.+)\]:|([\d.]+):)?(\d{1,5})$/.exec(text) ?? [];
  const [ip, port] = [v6 ?? v4, Number(digits)];
  return digits !== '' && (ip === undefined || isIP(ip) > 0) && port <= 65_535 ? { ip, port } : undefined;
}
