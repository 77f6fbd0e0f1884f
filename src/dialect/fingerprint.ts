import { createHash } from 'node:crypto';
import type { DialectFile } from './file.js';
import { isMore } from './more.js';

/** The parts of a file that clients do not see. */
const UNSEEN = ['$schema', 'name', 'extends', 'tables', 'passwordLength', 'client'] as const;

/** The parts of a file that are by verb. */
const BY_VERB = ['requests', 'replies', 'verbs'] as const;

/**
 * The same for two complete files exactly if clients that ask for nothing more than forks do cannot tell them apart:
 * nodes of which only one knows the newest requests pass on the same.
 */
export function fingerprintOf(file: DialectFile): string {
  const seen: Record<string, unknown> = { ...file };
  for (const key of UNSEEN) delete seen[key];
  for (const key of BY_VERB) seen[key] = asked(file, key);
  return createHash('sha256')
    .update(JSON.stringify(sorted(seen)))
    .digest('hex')
    .slice(0, 16);
}

function asked(file: DialectFile, key: (typeof BY_VERB)[number]): unknown {
  const entries = Object.entries(file[key] ?? {}).filter(([verb, said]) => !isMore(key, verb, said));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The same value with the keys of all objects in one order, and without those that say nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, own]) => own !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, own]) => [key, sorted(own)]));
}
