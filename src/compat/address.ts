import { z } from 'zod';
import type { Place } from './replay/party.js';

/** `HOST:PORT`, `[IPV6]:PORT` */
export function hostAndPort(text: string, context: z.RefinementCtx<string>): Required<Place> {
  const [, ipv6, name, digits = ''] = /^(?:\[([\da-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [ipv6 ?? name, Number(digits)];
  if (host !== undefined && port >= 1 && port <= 65_535)
    return { host: host === 'localhost' ? '127.0.0.1' : host, port };
  context.addIssue('is not HOST:PORT');
  return z.NEVER;
}
