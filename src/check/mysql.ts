import type { Connection, RowDataPacket } from 'mysql2/promise';
import { mysqlUrl } from '../backends.js';
import { poolOfAll } from '../config/pool.js';
import type { Settings } from '../options.js';
import { lossOf, poorColumns, readColumns } from '../setup/columns.js';
import { onConnection } from '../setup/connection.js';
import { createTables, missingTables } from '../setup/tables.js';
import { reason } from '../store/mysql/failure.js';
import { whereIs } from '../store/mysql/hosts.js';
import { clock } from './clock.js';
import { broken, type Check, type Finding, fine, type Subject, warning } from './finding.js';
import { checkRows } from './rows.js';

const ABOUT = 'database';

/** Whether the MySQL database can be used, and what about it can go wrong. */
export const checkMysql: Check = async (subject) => {
  const url = mysqlUrl(subject.settings);
  if (url === undefined) return [];
  const { tables } = subject.settings.dialect;
  const fix = async () => `created ${(await createTables(url, tables)).join(', ')}`;
  try {
    const server = await onConnection(
      url,
      (connection) => checkServer(connection, subject.settings, url),
      false,
    );
    const missing = await missingTables(url, tables);
    if (missing.length > 0) {
      return [...server, broken('tables', `there is no ${missing.join(', ')}`, 'chat-server init', fix)];
    }
    return [
      ...server,
      fine('tables', 'all five are there'),
      ...(await checkColumns(subject, url)),
      ...(await checkRows(subject, url)),
    ];
  } catch (error) {
    return [
      broken(
        ABOUT,
        `${whereIs(url)}: ${reason(error)}`,
        'see to the server, and to user and password in the URL',
      ),
    ];
  }
};

async function checkServer(connection: Connection, settings: Settings, url: string): Promise<Finding[]> {
  const sql = `select version() as version, @@sql_mode as mode, unix_timestamp(now(6)) as time,
    @@max_connections as connections, @@max_user_connections as own`;
  const [[row]] = await connection.query<RowDataPacket[]>(sql);
  const { version, mode, time, connections, own } = row as RowDataPacket;
  return [
    fine(ABOUT, `${whereIs(url)}: ${/maria/i.test(String(version)) ? '' : 'MySQL '}${version}`),
    strict(String(mode)),
    clock(Number(time)),
    connectionLimit(poolOfAll(settings), Number(connections), Number(own) || Number.POSITIVE_INFINITY),
  ];
}

/** Whether a node may have as many connections as it wants, and the account as many as that; 0 is no limit. */
function connectionLimit(wanted: number, server: number, account: number): Finding {
  const least = Math.min(server, account);
  if (wanted <= least) return fine('connections', `this node has ${wanted} at most, and may`);
  const whose = account < server ? 'this account' : 'the server';
  const text = `this node has ${wanted} at most, and ${whose} allows ${least}: then requests wait for each other`;
  return warning('connections', text, `--mysql-pool ${least} or less, or raise the limit`);
}

function strict(mode: string): Finding {
  if (/STRICT_(TRANS|ALL)_TABLES/.test(mode)) return fine('strict mode', 'names that do not fit are refused');
  const text = 'off: original nodes have names cut that do not fit, without a word; ours refuse them';
  return warning('strict mode', text, "SET GLOBAL sql_mode = concat(@@sql_mode, ',STRICT_TRANS_TABLES')");
}

async function checkColumns({ settings }: Subject, url: string): Promise<Finding[]> {
  const poor = poorColumns(await readColumns(url, settings.dialect.tables), settings['mysql-charset']);
  const remedy = 'chat-server init --utf8mb4';
  if (poor.length === 0) return [fine('columns', `hold all that ${settings['mysql-charset']} promises`)];
  return poor.map((column) => warning('columns', lossOf(column), remedy));
}
