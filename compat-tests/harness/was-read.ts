import { readFile } from 'node:fs/promises';
import { address, wasRead as isReadWithin, queues } from '../../src/compat/was-read.js';
import { DEADLINE } from './deadline.js';

/** See the one of `src/compat`; before the deadline of tests. */
export function wasRead(clientPort: number, serverPort: number): Promise<void> {
  return isReadWithin(clientPort, serverPort, DEADLINE);
}

/** How many bytes were written on the server's end of a loopback connection and not yet read on the client's. */
export async function underWay(clientPort: number, serverPort: number): Promise<number> {
  const [client, server] = [address(clientPort), address(serverPort)];
  const table = await readFile('/proc/net/tcp', 'latin1');
  const bytes = [queues(table, server, client)?.[0], queues(table, client, server)?.[1]];
  return bytes.reduce((sum, hex) => sum + Number.parseInt(hex ?? '0', 16), 0);
}
