import { mysqlUrl } from '../backends.js';
import { ConfigError } from '../config.js';
import type { Settings } from '../options.js';
import { lossOf, poorColumns, readColumns, widen } from '../setup/columns.js';
import { createTables } from '../setup/tables.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { reason } from '../store/mysql/failure.js';
import { whereIs } from '../store/mysql/hosts.js';
import type { GivenTables } from '../store/tables.js';
import { printable } from '../text/printable.js';

/**
 * Creates the database and those of the five tables that are missing, wide enough for every text unless the
 * original's are asked for. Existing tables stay as they are, but with `--utf8mb4` columns that cannot hold every
 * text are widened. Rejects, in one line, when that cannot be.
 */
export async function init(settings: Settings): Promise<void> {
  const url = mysqlUrl(settings);
  if (url === undefined) {
    const ofMysql = (['utf8mb4', 'original-tables'] as const).find((option) => settings[option]);
    if (ofMysql !== undefined)
      throw new ConfigError(`--${ofMysql} is about MySQL: name the database with --mysql-file FILE`);
    await openEmbedded(settings.data).close();
    return console.log(`${settings.data} is ready`);
  }
  const { tables } = settings.dialect;
  try {
    const asOriginal = settings['original-tables'];
    report(url, 'created', await createTables(url, tables, asOriginal), 'nothing was missing');
    if (settings.utf8mb4) await widenAll(url, tables);
  } catch (error) {
    throw new Error(`cannot set up ${whereIs(url)}: ${reason(error)}`, { cause: error });
  }
}

async function widenAll(url: string, tables: GivenTables): Promise<void> {
  const poor = poorColumns(await readColumns(url, tables), 'utf8mb4');
  for (const column of poor) console.log(`${whereIs(url)}: ${printable(lossOf(column))}`);
  report(url, 'changed to utf8mb4', await widen(url, poor), 'all columns hold every text');
}

function report(url: string, what: string, done: readonly string[], otherwise: string): void {
  console.log(`${whereIs(url)}: ${done.length === 0 ? otherwise : `${what} ${done.join(', ')}`}`);
}
