import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../harness/deadline.js';
import type { Server } from '../harness/server.js';
import type { User } from '../harness/user.js';

/** What a server's log says about dropped documents. */
export interface DropLines {
  /** How many lines there are. */
  readonly lines: number;
  /** How many drops they tell of, those included that had no line of their own. */
  readonly drops: number;
}

export function dropLines({ child }: Server): DropLines {
  const lines = child.log.split('\n').filter((line) => line.includes('"msg":"message dropped"'));
  const unlogged = lines.map((line) => (JSON.parse(line) as { unlogged?: number }).unlogged ?? 0);
  return { lines: lines.length, drops: unlogged.reduce((sum, n) => sum + n, lines.length) };
}

/** Sends bad documents until one gets a line, which tells of all drops before it. Returns how many were sent. */
export async function loggedAgain(server: Server, user: User): Promise<number> {
  const { lines } = dropLines(server);
  let sent = 0;
  await until(async () => {
    await user.say('{}\0');
    sent++;
    await delay(50);
    return dropLines(server).lines > lines;
  }, 'a dropped message to be logged');
  return sent;
}
