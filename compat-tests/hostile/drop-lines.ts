import { until } from '../harness/deadline.js';
import type { Server } from '../harness/server.js';

/** The lines of a server's log about dropped documents. */
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

/** Waits for the lines that tell of so many drops: equal ones are told together, later. Returns how many are told. */
export async function dropsLogged(server: Server, drops: number): Promise<number> {
  await until(async () => dropLines(server).drops >= drops, `${drops} drops to be logged`);
  return dropLines(server).drops;
}
