import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { onConnection } from '../setup/connection.js';
import { type Names, type PresentNames, quoted, unquoted } from '../store/mysql/names.js';
import { counted } from '../text/counted.js';
import { type Finding, fine, fixing, type Subject, warning } from './finding.js';
import { findStuck } from './stuck.js';

/** Looks for rows that could be better, in those tables that are there. */
export async function checkRows(
  connection: Connection,
  { user, friend, groupuser, offlinemessage }: PresentNames['names'],
  subject: Subject,
  url: string,
): Promise<Finding[]> {
  const work: (Promise<Finding> | undefined)[] = [
    offlinemessage && index(connection, url, offlinemessage, subject),
    friend &&
      duplicates(connection, url, { of: friend.table, key: [friend.userid, friend.friendid] }, subject),
    groupuser &&
      duplicates(
        connection,
        url,
        {
          of: groupuser.table,
          key: [groupuser.groupid, groupuser.userid],
          // The user who made a group stays its creator.
          order: `order by ${groupuser.grouprole} <=> 'creator'`,
        },
        subject,
      ),
    user && findStuck(connection, url, user, subject),
  ];
  return (await Promise.all(work)).filter((finding) => finding !== undefined);
}

async function index(
  connection: Connection,
  url: string,
  { table, userid }: Names<'offlinemessage'>,
  subject: Subject,
): Promise<Finding> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select 1 from information_schema.statistics where table_schema = database()
     and table_name = ? and column_name = ? and seq_in_index = 1`,
    [unquoted(table), unquoted(userid)],
  );
  if (rows.length > 0) return fine('index', 'stored messages are found by their user');
  const sql = `CREATE INDEX userid ON ${table} (${userid})`;
  const mend = () => onConnection(url, (own) => own.query(sql)).then(() => 'made the index');
  return warning('index', 'every login reads all stored messages of everybody', fixing(subject), mend);
}

/** A table, the columns that tell its rows apart, and which of equal rows are removed first. */
interface Keyed {
  readonly of: string;
  readonly key: readonly string[];
  readonly order?: string;
}

/** Rows that stand in a table more than once: original nodes deliver to them as often (DIFFERENCES 14). */
async function duplicates(
  connection: Connection,
  url: string,
  keyed: Keyed,
  subject: Subject,
): Promise<Finding> {
  const { of, key } = keyed;
  const table = unquoted(of);
  const sql = `select ${key}, count(*) as copies from ${of} group by ${key} having copies > 1`;
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  if (rows.length === 0) return fine('rows', `none stands twice in ${table}`);
  const text = `${counted(rows.length, 'stands', 'stand')} more than once in ${table}: original nodes deliver to them more than once`;
  return warning('rows', text, fixing(subject), () => onConnection(url, (own) => single(own, keyed, sql)));
}

async function single(connection: Connection, { of, order = '' }: Keyed, sql: string): Promise<string> {
  await connection.beginTransaction();
  const [rows] = await connection.query<RowDataPacket[]>(`${sql} for update`);
  let removed = 0;
  for (const { copies, ...key } of rows) {
    const is = Object.keys(key).map((column) => `${quoted(column)} = ?`);
    // Prepared: the driver itself would take a question mark in a name for the place of a value.
    const [result] = await connection.execute<ResultSetHeader>(
      `delete from ${of} where ${is.join(' and ')} ${order} limit ${Number(copies) - 1}`,
      Object.values(key),
    );
    removed += result.affectedRows;
  }
  await connection.commit();
  return `removed ${counted(removed, 'copy', 'copies')} from ${unquoted(of)}`;
}
