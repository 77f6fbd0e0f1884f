import { mysqlUrl } from '../backends.js';
import { createTables } from '../ops/tables.js';
import type { Settings } from '../options.js';
import { openEmbedded } from '../store/embedded/embedded.js';

/** Creates the database and those of the five tables that are missing; changes nothing that is there. */
export async function init(settings: Settings): Promise<void> {
  const url = mysqlUrl(settings);
  if (url === undefined) {
    await openEmbedded(settings.data).close();
    return console.log(`${settings.data} is ready`);
  }
  const created = await createTables(url);
  const { host, pathname } = new URL(url);
  const what = created.length === 0 ? 'nothing was missing' : `created ${created.join(', ')}`;
  console.log(`${host}${pathname}: ${what}`);
}
