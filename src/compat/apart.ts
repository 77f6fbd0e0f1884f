import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Place } from './replay/party.js';
import { wasRead } from './was-read.js';

/** How long a server far away gets to read one message before the next one is sent, in milliseconds. */
const GAP = 20;

/** How long a server on this machine may leave a message unread before the next one is sent all the same. */
const PATIENCE = 1000;

const TABLE = '/proc/net/tcp';

/**
 * Waits until what a client has sent was read. Originals take one read for one document (PROTOCOL.md section 2): without
 * this the next message could join it there and be lost. The system tells it of a server on this machine; another one
 * gets a moment.
 *
 * @returns false when the server has left it unread for a second
 */
export async function apart(clientPort: number, { host = '127.0.0.1', port }: Place): Promise<boolean> {
  if (host === '127.0.0.1' && existsSync(TABLE))
    return await wasRead(clientPort, port, PATIENCE).then(
      () => true,
      () => false,
    );
  await delay(GAP);
  return true;
}
