import { readFile } from 'node:fs/promises';
import { until } from './deadline.js';

/**
 * Resolves when something listens on a TCP port. Linux tells; a connection to try it would be one that the
 * server sees, and whose end disturbs the original's Redis connection while a first user logs in.
 */
export async function listens(port: number): Promise<void> {
  // State 0A is LISTEN.
  const line = new RegExp(`: [0-9A-F]{8}:${port.toString(16).toUpperCase().padStart(4, '0')} 0{8}:0000 0A `);
  await until(
    async () => line.test(await readFile('/proc/net/tcp', 'latin1')),
    `port ${port} to be listened on`,
  );
}
