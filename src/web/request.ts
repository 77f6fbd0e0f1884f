import type { BlockList } from 'node:net';
import { isIP } from 'node:net';

/** The headers of a request that this server looks at. */
export interface Headers {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly cookie?: string | undefined;
  readonly 'x-forwarded-for'?: string | string[] | undefined;
  readonly 'x-forwarded-proto'?: string | string[] | undefined;
}

/** Whether an address is that of a proxy whose word is taken. */
export function isProxy(address: string, proxies: BlockList | undefined): boolean {
  // Of a connection that has ended already no address is known.
  if (isIP(address) === 0) return false;
  return proxies?.check(address, address.includes(':') ? 'ipv6' : 'ipv4') === true;
}

/**
 * The client of a request. A trusted proxy adds the address of its own client at the end of X-Forwarded-For;
 * what stands before the last address that is no such proxy's was written by a stranger, and counts for nothing.
 *
 * @param peer the other end of the connection
 */
export function clientOf(peer: string, headers: Headers, proxies: BlockList | undefined): string {
  if (!isProxy(peer, proxies)) return peer;
  const said = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',').reverse();
  let client = peer;
  for (const text of said) {
    const address = text.trim();
    if (isIP(address) === 0) return client;
    client = address;
    if (!isProxy(address, proxies)) return client;
  }
  return client;
}

/** Whether the browser speaks TLS, to this server or to a proxy that is trusted. */
export function isSecure(
  { encrypted, peer }: { readonly encrypted: boolean; readonly peer: string },
  headers: Headers,
  proxies: BlockList | undefined,
): boolean {
  return encrypted || (isProxy(peer, proxies) && headers['x-forwarded-proto'] === 'https');
}

/**
 * Whether the page that asks was served by this server, or its origin is listed. Without this any page that somebody
 * visits could chat in his name. A program that is no browser sends no Origin, and has nobody's cookies.
 *
 * @param secure whether the browser speaks TLS (see isSecure): who sits in the network can make up an http page of a host
 * @param listed origins as browsers write them: https://chat.example.com
 */
export function isOwnPage({ origin, host }: Headers, secure: boolean, listed: readonly string[]): boolean {
  if (origin === undefined || listed.includes(origin)) return true;
  const [, scheme, from = ''] = /^(https?):\/\/([^/]+)$/.exec(origin) ?? [];
  if (scheme !== (secure ? 'https' : 'http')) return false;
  return from !== '' && from.toLowerCase() === host?.toLowerCase();
}

/** The value of a cookie; undefined where there is none of that name. */
export function cookieOf({ cookie = '' }: Headers, name: string): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1];
}
