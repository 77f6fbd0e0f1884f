import { isIPv6 } from 'node:net';

/**
 * The part of an address that belongs to one customer: an IPv4 address as it is, of an IPv6 address its first 64 bits,
 * since a single machine has as many addresses behind these as it likes.
 *
 * @param address as sockets and the PROXY protocol tell it: `10.0.0.1`, `::ffff:10.0.0.1`, `2001:db8::1%eth0`
 */
export function networkOf(address: string): string {
  const [text = ''] = address.split('%');
  if (!isIPv6(text)) return address;
  const [, mapped] = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text) ?? [];
  if (mapped !== undefined) return mapped;
  return `${groups(text).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an address, without leading zeros. An IPv4 address at its end counts as one group of two. */
function groups(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const parts = (text: string) => (text === '' ? [] : text.split(':').flatMap(group));
  const [before, after] = [parts(head), parts(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
}

function group(text: string): string[] {
  return text.includes('.') ? ['0', '0'] : [Number.parseInt(text, 16).toString(16)];
}
