import { BlockList, isIP } from 'node:net';

/** Reads IPs and networks, with commas between: `10.0.0.7,192.168.0.0/16,fd00::/8`. Undefined for anything else. */
export function parseNetworks(text: string): BlockList | undefined {
  const list = new BlockList();
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => add(list, part)) ? list : undefined;
}

function add(list: BlockList, part: string): boolean {
  const [, ip = '', bits] = /^([\da-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
  const version = isIP(ip);
  const most = version === 6 ? 128 : 32;
  const length = Number(bits ?? most);
  if (version === 0 || length > most) return false;
  list.addSubnet(ip, length, version === 6 ? 'ipv6' : 'ipv4');
  return true;
}
