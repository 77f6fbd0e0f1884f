import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { redisUrl } from '../backends.js';
import { onConnection } from '../setup/connection.js';
import { readNames } from '../setup/names.js';
import { type AllNames, quoted, unquoted } from '../store/mysql/names.js';
import { type Finding, fine, type Subject, warning } from './finding.js';
import { findStuck } from './stuck.js';

/** What stands in the tables, and could be better. */
export async function checkRows({ settings }: Subject, url: string): Promise<Finding[]> {
  return onConnection(url, async (connection) => {
    const names = await readNames(connection, settings.dialect.tables);
    const { friend, groupuser } = names;
    return [
      await index(connection, url, names),
      await duplicates(connection, url, { of: friend.table, key: [friend.userid, friend.friendid] }),
      await duplicates(connection, url, {
        of: groupuser.table,
        key: [groupuser.groupid, groupuser.userid],
        // Who made a group stays its creator.
        order: `order by ${groupuser.grouprole} <=> 'creator'`,
      }),
      await findStuck(connection, url, names.user, redisUrl(settings)),
    ];
  });
}

async function index(connection: Connection, url: string, names: AllNames): Promise<Finding> {
  const { table, userid } = names.offlinemessage;
  const [rows] = await connection.query<RowDataPacket[]>(
    `select 1 from information_schema.statistics where table_schema = database()
     and table_name = ? and column_name = ? and seq_in_index = 1`,
    [unquoted(table), unquoted(userid)],
  );
  if (rows.length > 0) return fine('index', 'stored messages are found by their user');
  const sql = `CREATE INDEX userid ON ${table} (${userid})`;
  const mend = () => onConnection(url, (own) => own.query(sql)).then(() => 'made the index');
  return warning('index', 'every login reads all stored messages of everybody', sql, mend);
}

/** A table, the columns that tell its rows apart, and which of equal rows are removed first. */
interface Keyed {
  readonly of: string;
  readonly key: readonly string[];
  readonly order?: string;
}

/** Rows that stand in a table more than once: original nodes deliver to them as often (DIFFERENCES 14). */
async function duplicates(connection: Connection, url: string, keyed: Keyed): Promise<Finding> {
  const { of, key } = keyed;
  const table = unquoted(of);
  const sql = `select ${key}, count(*) as copies from ${of} group by ${key} having copies > 1`;
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  if (rows.length === 0) return fine('rows', `none stands twice in ${table}`);
  const text = `${rows.length} stand more than once in ${table}: original nodes deliver to them more than once`;
  return warning('rows', text, 'chat-server check --fix', () =>
    onConnection(url, (own) => single(own, keyed, sql)),
  );
}

async function single(connection: Connection, { of, order = '' }: Keyed, sql: string): Promise<string> {
  await connection.beginTransaction();
  const [rows] = await connection.query<RowDataPacket[]>(`${sql} for update`);
  let removed = 0;
  for (const { copies, ...key } of rows) {
    const is = Object.keys(key).map((column) => `${quoted(column)} = ?`);
    const [result] = await connection.query<ResultSetHeader>(
      `delete from ${of} where ${is.join(' and ')} ${order} limit ${Number(copies) - 1}`,
      Object.values(key),
    );
    removed += result.affectedRows;
  }
  await connection.commit();
  return `removed ${removed} copies from ${unquoted(of)}`;
}
