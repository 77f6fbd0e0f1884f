import { isIP } from 'node:net';

/** Where to listen besides the clients' port. */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Reads `PORT`, `IP:PORT` or `[IP]:PORT`; without an IP it is the loopback one. Undefined when it is neither. */
export function parseAddress(text: string): Address | undefined {
  const [, v6, v4 = '127.0.0.1', digits = ''] = /^(?:\[(.+)\]:|([\d.]+):)?(\d{1,5})$/.exec(text) ?? [];
  const [ip, port] = [v6 ?? v4, Number(digits)];
  return digits !== '' && isIP(ip) > 0 && port <= 65_535 ? { ip, port } : undefined;
}
