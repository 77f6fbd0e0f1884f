import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { redisUrl } from '../backends.js';
import { onConnection } from '../setup/connection.js';
import { type Finding, fine, type Subject, warning } from './finding.js';
import { findStuck } from './stuck.js';

/** What stands in the tables, and could be better. */
export async function checkRows({ settings }: Subject, url: string): Promise<Finding[]> {
  return onConnection(url, async (connection) => [
    await index(connection, url),
    await duplicates(connection, url, 'friend', 'userid, friendid'),
    await duplicates(connection, url, 'groupuser', 'groupid, userid'),
    await findStuck(connection, url, redisUrl(settings)),
  ]);
}

async function index(connection: Connection, url: string): Promise<Finding> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select 1 from information_schema.statistics where table_schema = database()
     and table_name = 'offlinemessage' and column_name = 'userid' and seq_in_index = 1`,
  );
  if (rows.length > 0) return fine('index', 'stored messages are found by their user');
  const sql = 'CREATE INDEX userid ON offlinemessage (userid)';
  const mend = () => onConnection(url, (own) => own.query(sql)).then(() => 'made the index');
  return warning('index', 'every login reads all stored messages of everybody', sql, mend);
}

/** Rows that stand in a table more than once: original nodes deliver to them as often (DIFFERENCES 14). */
async function duplicates(
  connection: Connection,
  url: string,
  table: string,
  columns: string,
): Promise<Finding> {
  const sql = `select ${columns}, count(*) as copies from \`${table}\` group by ${columns} having copies > 1`;
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  if (rows.length === 0) return fine('rows', `none stands twice in ${table}`);
  const text = `${rows.length} stand more than once in ${table}: original nodes deliver to them more than once`;
  return warning('rows', text, 'chat-server check --fix', () =>
    onConnection(url, (own) => single(own, table, sql)),
  );
}

async function single(connection: Connection, table: string, sql: string): Promise<string> {
  await connection.beginTransaction();
  const [rows] = await connection.query<RowDataPacket[]>(`${sql} for update`);
  let removed = 0;
  for (const { copies, ...key } of rows) {
    const is = Object.keys(key).map((column) => `${column} = ?`);
    // Who made a group stays its creator.
    const order = table === 'groupuser' ? `order by grouprole <=> 'creator'` : '';
    const [result] = await connection.query<ResultSetHeader>(
      `delete from \`${table}\` where ${is.join(' and ')} ${order} limit ${Number(copies) - 1}`,
      Object.values(key),
    );
    removed += result.affectedRows;
  }
  await connection.commit();
  return `removed ${removed} copies from ${table}`;
}
