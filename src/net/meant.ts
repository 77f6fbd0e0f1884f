import { isIP } from 'node:net';

/**
 * Whether a request was meant for this server, by the Host that it names. A web page can have its own name lead to any
 * address, this machine's too, and would then read what is shown here; but its browser goes on to name the page's host.
 * No such page has an address for its host, or a name without a dot.
 *
 * @param host the header, with a port or without; undefined where there is none, which no browser does
 * @param listed other names that the operator uses
 */
export function isMeant(host: string | undefined, listed: readonly string[]): boolean {
  if (host === undefined) return true;
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d*)?$/.exec(host.toLowerCase()) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plain.replace(/\.$/, '');
  if (name === '') return false;
  return !name.includes('.') || isIP(name) === 4 || name.endsWith('.localhost') || listed.includes(name);
}
