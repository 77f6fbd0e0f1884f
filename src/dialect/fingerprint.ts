import { createHash } from 'node:crypto';
import type { DialectFile } from './file.js';

/** What of a file the clients do not see. */
const UNSEEN = ['$schema', 'name', 'extends', 'tables', 'passwordLength', 'client'] as const;

/** The same for two complete files exactly if clients cannot tell them apart. */
export function fingerprintOf(file: DialectFile): string {
  const seen: Record<string, unknown> = { ...file };
  for (const key of UNSEEN) delete seen[key];
  return createHash('sha256')
    .update(JSON.stringify(sorted(seen)))
    .digest('hex')
    .slice(0, 16);
}

/** The same value with the keys of all objects in one order, and without those that say nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, own]) => own !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, own]) => [key, sorted(own)]));
}
