import { existsSync } from 'node:fs';
import Sqlite from 'libsql';
import { usesEmbedded } from '../backends.js';
import { isBusy } from '../store/embedded/sql-error.js';
import { whyNot } from '../store/embedded/why-not.js';
import { broken, type Check, fine } from './finding.js';

const ABOUT = 'database';
const LOCKED = 'locked';

/** Whether the file of the embedded database can be used, and is sound. */
export const checkEmbedded: Check = async ({ settings }) => {
  const { data } = settings;
  if (!usesEmbedded(settings)) return [];
  if (data === ':memory:') return [fine(ABOUT, 'in memory: nothing is kept')];
  const problem = whyNot(data);
  if (problem !== undefined)
    return [broken(ABOUT, `${data}: ${problem}`, 'name another file with --data FILE')];
  if (!existsSync(data)) return [fine(ABOUT, `${data} will be made at the first start`)];
  const damage = damageOf(data);
  if (damage === undefined) return [fine(ABOUT, `${data} is sound`)];
  if (damage === LOCKED)
    return [broken(ABOUT, `${data} is locked by another program`, 'end it, or let it end what it has begun')];
  return [broken(ABOUT, `${data}: ${damage}`, 'put a copy in its place that chat-server backup has made')];
};

function damageOf(file: string): string | undefined {
  try {
    const db = new Sqlite(file, { timeout: 5000 });
    const rows = db.prepare('PRAGMA quick_check').all() as { quick_check: string }[];
    db.close();
    const found = rows.map(({ quick_check }) => quick_check);
    return found.length === 1 && found[0] === 'ok' ? undefined : found.slice(0, 3).join('; ');
  } catch (error) {
    if (isBusy(error)) return LOCKED;
    return error instanceof Error ? error.message : String(error);
  }
}
