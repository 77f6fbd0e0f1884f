import { type Connection, createConnection } from 'mysql2/promise';
import type { Test } from 'tap';
import { type MysqlOptions, openMysql } from '../../src/store/mysql/mysql.js';
import type { MariaDb } from '../harness/mariadb.js';
import { openMysql as openRows } from '../harness/mysql-database.js';
import { SCHEMAS } from './schemas.js';

/** Makes the database `chat` anew and opens it, for one test. */
export async function openOn(
  mariadb: MariaDb,
  t: Test,
  options: Partial<MysqlOptions> & { readonly schema?: string } = {},
) {
  const { schema = SCHEMAS.original, ...rest } = options;
  const url = await mariadb.createDatabase('chat', schema);
  const store = await openMysql({ url, charset: 'gbk', ...rest });
  const database = await openRows(url);
  t.teardown(() => Promise.all([store.close(), database.close()]));
  return { store, database, url };
}

/** A connection that sends what the original sends: UTF-8 bytes inside the statement, after SET NAMES gbk. */
export async function likeTheOriginal(t: Test, url: string): Promise<Connection> {
  const connection = await createConnection({
    uri: url,
    charset: 'LATIN1_SWEDISH_CI',
    flags: ['-SESSION_TRACK'],
  });
  t.teardown(() => connection.end());
  await connection.query('set names gbk');
  return connection;
}

/** A text as likeTheOriginal's connection sends it. */
export const asBytes = (text: string) => Buffer.from(text).toString('latin1');

export const messageOf = (msg: string) => `{"id":1,"msg":"${msg}"}`;
