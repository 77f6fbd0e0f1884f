import { readFile } from 'node:fs/promises';
import { untilWithin } from './deadline.js';
import { LIMITS } from './limits.js';

/**
 * Resolves when everything a client has sent over a loopback connection was read by the server's process.
 * Linux tells how many bytes of a connection its peer has not confirmed, and its owner has not read.
 */
export async function wasRead(clientPort: number, serverPort: number, ms = LIMITS.answer): Promise<void> {
  const [client, server] = [address(clientPort), address(serverPort)];
  const read = async () => {
    const table = await readFile('/proc/net/tcp', 'latin1');
    const sent = queues(table, client, server)?.[0];
    const unread = queues(table, server, client)?.[1];
    return sent === '00000000' && unread === '00000000';
  };
  await untilWithin(ms, read, `the bytes sent from port ${clientPort} to be read`);
}

/** A port of 127.0.0.1 as /proc/net/tcp has it. */
export function address(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The bytes in hex that a socket has not got confirmed, and not got read. */
export function queues(table: string, local: string, remote: string): string[] | undefined {
  const line = table.split('\n').find((text) => text.includes(` ${local} ${remote} `));
  return line?.trim().split(/\s+/)[4]?.split(':');
}
