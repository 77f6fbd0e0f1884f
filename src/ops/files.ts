import { readFileSync } from 'node:fs';

/** The number of files that the program itself opens while it starts and runs, without any client. */
const OWN = 256;

/** The connections to the database among them. */
const USUAL_POOL = 8;

/** How many files and connections this process may have open; undefined where the system does not tell. */
export function fileLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\w+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined || soft === 'unlimited' ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/**
 * How many clients the file limit leaves room for, and at least one; undefined where there is no limit.
 *
 * @param poolSize the most connections to the database
 */
export function roomForClients(poolSize: number, limit = fileLimit()): number | undefined {
  return limit === undefined ? undefined : Math.max(1, limit - OWN - Math.max(0, poolSize - USUAL_POOL));
}

/** The problem with the file limit and its remedy, in one line; undefined when the program can run. */
export function tooFewFiles(limit = fileLimit()): string | undefined {
  if (limit === undefined || limit > OWN) return undefined;
  return `only ${limit} files may be open, too few to run: raise the limit with ulimit -n 65536`;
}
