import { isIP } from 'node:net';
import { redacted } from '../text/secrets.js';
import { ConfigError } from './error.js';

/** Where the server listens. */
export interface Place {
  readonly ip: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

/** Reads the two arguments of the original (PROTOCOL.md section 1). Throws ConfigError. */
export function readPlace(ip: string, port: string): Place {
  return { ip: readIp(ip), port: readPort(port) };
}

function readIp(text: string): string {
  if (isIP(text) === 0 && text !== 'localhost') throw new ConfigError(`not an IP address: ${redacted(text)}`);
  return text;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigError(`not a port: ${redacted(text)}`);
  return port;
}
