import type { Log } from '../ops/log.js';
import type { Charset } from '../store/mysql/text.js';
import type { GivenTables } from '../store/tables.js';
import { lossOf, poorColumns, readColumns } from './columns.js';

/**
 * Logs which columns of a database cannot hold what the charset of its connections promises. Never rejects.
 *
 * @param remedy the command that changes them
 */
export async function warnOfColumns(
  url: string,
  charset: Charset,
  tables: GivenTables,
  log: Log,
  remedy: string,
): Promise<void> {
  try {
    const poor = poorColumns(await readColumns(url, tables), charset);
    if (poor.length === 0) return;
    log.warn(
      { columns: poor.map(lossOf), remedy },
      'some names will be refused: these columns cannot hold them',
    );
  } catch (error) {
    log.warn({ err: error }, 'the columns of the database could not be looked at');
  }
}
