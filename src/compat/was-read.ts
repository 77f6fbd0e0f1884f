import { readFileSync } from 'node:fs';
import { untilWithin } from './deadline.js';
import { LIMITS } from './limits.js';

/**
 * Resolves when everything a client has sent over a loopback connection was read by the server's process.
 * Linux tells how many bytes of a connection its peer has not confirmed, and its owner has not read.
 */
export async function wasRead(clientPort: number, serverPort: number, ms = LIMITS.answer): Promise<void> {
  const [client, server] = [address(clientPort), address(serverPort)];
  const read = async () => {
    const table = await freshTable();
    const sent = queues(table, client, server)?.[0];
    const unread = queues(table, server, client)?.[1];
    return sent === '00000000' && unread === '00000000';
  };
  await untilWithin(ms, read, `the bytes sent from port ${clientPort} to be read`);
}

let next: Promise<string> | undefined;

/**
 * The connections of this machine, as they are after the call: all who ask in one turn share one reading. The system
 * gives 4 KB at a time. Read by turns of the event loop, the thousands of connections that a busy machine remembers would
 * take most of a second, for each message of a test.
 */
function freshTable(): Promise<string> {
  next ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
    next = undefined;
    return readFileSync('/proc/net/tcp', 'latin1');
  });
  return next;
}

/** A port of 127.0.0.1 as /proc/net/tcp has it. */
export function address(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The bytes in hex that a socket has not got confirmed, and not got read. */
export function queues(table: string, local: string, remote: string): string[] | undefined {
  const addresses = ` ${local} ${remote} `;
  const at = table.indexOf(addresses);
  if (at === -1) return undefined;
  // Behind the addresses: the state, and the two numbers with a colon between them.
  const [, sent = '', unread = ''] =
    /^\w+ (\w+):(\w+)/.exec(table.slice(at + addresses.length, at + 80)) ?? [];
  return [sent, unread];
}
