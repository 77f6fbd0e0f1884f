import type { BlockList } from 'node:net';
import { z } from 'zod';
import { DialectError, loadDialect } from '../dialect/load.js';
import type { Dialect } from '../protocol/dialect.js';
import { type Address, type Peer, parseAddress, parsePeer } from './address.js';
import { parseNetworks } from './networks.js';

/** A whole number between two bounds. */
export function wholeNumber(from: number, to: number) {
  return z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(from, `is below ${from}`)
    .max(to, `is above ${to}`);
}

/** The same with a default. */
export function number(from: number, to: number, fallback: number) {
  return wholeNumber(from, to).default(fallback);
}

/** A URL; `problem` tells its fault. */
export function url(problem: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const found = problem(text);
    if (found !== undefined) context.addIssue(found);
  });
}

/** A dialect by its name or file; a line for each mistake in the file. */
export function dialect(nameOrFile: string, context: z.RefinementCtx<string>): Dialect {
  try {
    return loadDialect(nameOrFile);
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    context.addIssue(error.message);
    return z.NEVER;
  }
}

/** `[IP:]PORT` */
export function address(text: string, context: z.RefinementCtx<string>): Address {
  const parsed = parseAddress(text);
  if (parsed !== undefined) return parsed;
  context.addIssue('is neither PORT nor IP:PORT');
  return z.NEVER;
}

/** `[HOST:]PORT,...`; each once */
export function peers(text: string, context: z.RefinementCtx<string>): readonly Peer[] {
  const all = [...new Set(text.split(',').map((each) => each.trim()))].map(parsePeer);
  const parsed = all.filter((peer) => peer !== undefined);
  if (parsed.length === all.length) return parsed;
  context.addIssue('is no list of admin ports, as 10.0.0.2:9100,node3:9100');
  return z.NEVER;
}

/** `IP[/BITS],...` */
export function networks(text: string, context: z.RefinementCtx<string>): BlockList {
  const parsed = parseNetworks(text);
  if (parsed !== undefined) return parsed;
  context.addIssue('is no list of IPs and networks, as 10.0.0.7,192.168.0.0/16');
  return z.NEVER;
}

/** `ORIGIN,...` as browsers write them */
export function origins(text: string, context: z.RefinementCtx<string>): readonly string[] {
  const all = text.split(',').map((origin) => origin.trim());
  if (all.every(isOrigin)) return all;
  context.addIssue('is no list of origins, as https://chat.example.com,http://localhost:8080');
  return z.NEVER;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** A switch: off unless given. */
export const toggle = z.stringbool('is neither true nor false').default(false);
