import { existsSync } from 'node:fs';
import { mysqlUrl } from '../backends.js';
import type { Again } from '../config/again.js';
import { ConfigError } from '../config.js';
import { readEmbedded, writeEmbedded } from '../move/embedded.js';
import { leftLine } from '../move/left.js';
import { type MysqlPlace, readMysql, writeMysql } from '../move/mysql.js';
import { countOf, type Found, offline } from '../move/rows.js';
import type { Settings } from '../options.js';
import { onConnection } from '../setup/connection.js';
import { createTables } from '../setup/tables.js';
import { reason } from '../store/mysql/failure.js';
import { whereIs } from '../store/mysql/hosts.js';
import { redacted } from '../text/secrets.js';

/**
 * Copies the five tables from the embedded database into MySQL, or back; everybody is offline then. The source stays as
 * it is, and rows in other tables stay there: a line says so. Rejects, in one line, when the target is not empty or a
 * server is at work.
 *
 * @param to `mysql` or `embedded`
 * @param again makes other commands with the same options
 */
export async function move(settings: Settings, to: string, again: Again): Promise<void> {
  const way = WAYS[to];
  if (way === undefined)
    throw new ConfigError(`cannot move to ${redacted(to)}: move mysql, or move embedded`);
  const url = mysqlUrl(settings);
  if (url === undefined) throw new ConfigError('which MySQL database? name it with --mysql-file FILE');
  const { data, 'mysql-charset': charset, dialect } = settings;
  const fixing = again(['check'], ['--fix', '--all-stopped']);
  const place = { url, where: whereIs(url), charset, tables: dialect.tables, fixing };
  try {
    console.log(await way(data, place));
  } catch (error) {
    throw new Error(`nothing is moved: ${reason(error)}`, { cause: error });
  }
}

const WAYS: Readonly<Record<string, (file: string, place: MysqlPlace) => Promise<string>>> = {
  mysql: async (file, place) => {
    if (!existsSync(file)) throw new Error(`there is no ${file}: name it with --data FILE`);
    const found = readEmbedded(file);
    await createTables(place.url, place.tables);
    await writeMysql(place, offline(found.rows));
    return said(found, file, place.where);
  },
  embedded: async (file, place) => {
    // A table may take minutes to be read, and is waited for; a database that cannot be reached is told of at once.
    await onConnection(place.url, async () => undefined);
    const found = await readMysql(place);
    writeEmbedded(file, offline(found.rows));
    return said(found, place.where, file);
  },
};

function said({ rows, left }: Found, from: string, to: string): string {
  return `copied from ${from} to ${to}: ${countOf(rows)}${leftLine(left)}`;
}
