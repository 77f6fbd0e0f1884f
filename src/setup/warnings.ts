import type { Log } from '../ops/log.js';
import type { Charset } from '../store/mysql/text.js';
import type { GivenTables } from '../store/tables.js';
import { lossOf, poorColumns, readColumns } from './columns.js';
import { onConnection } from './connection.js';
import { findKeyProblems } from './keys.js';
import { allColumns, readPresent } from './names.js';
import { readingDoubt, readReadings } from './readings.js';

/**
 * Logs the columns of a database that cannot hold all characters of its connections' charset. Never rejects.
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

/**
 * Logs what about a database keeps rows out, or has names misread: forks have other keys, and other charsets. Never
 * rejects.
 */
export async function warnOfDatabase(
  url: string,
  charset: Charset,
  tables: GivenTables,
  log: Log,
): Promise<void> {
  try {
    await onConnection(url, async (connection) => {
      const { names } = readPresent(await allColumns(connection), tables);
      for (const { text, statement } of await findKeyProblems(connection, names))
        log.warn({ remedy: statement }, `the database keeps rows out: ${text}`);
      const doubt = readingDoubt(await readReadings(connection, names), charset);
      if (doubt !== undefined) log.warn({ remedy: doubt.remedy }, doubt.text);
    });
  } catch (error) {
    log.warn({ err: error }, 'the keys and names of the database could not be looked at');
  }
}
