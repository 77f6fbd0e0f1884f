import type { Connection, RowDataPacket } from 'mysql2/promise';
import { mysqlUrl } from '../backends.js';
import { poolOfAll } from '../config/pool.js';
import { type Column, lossOf, poorColumns, textColumns } from '../setup/columns.js';
import { databaseIn, mysqlCommand, onConnection } from '../setup/connection.js';
import { findKeyProblems } from '../setup/keys.js';
import { allColumns, readPresent } from '../setup/names.js';
import { readingDoubt, readReadings } from '../setup/readings.js';
import { createTables, missingIn } from '../setup/tables.js';
import { reason } from '../store/mysql/failure.js';
import { whereIs } from '../store/mysql/hosts.js';
import { type PresentNames, quoted } from '../store/mysql/names.js';
import { checkAccount } from './account.js';
import { clock } from './clock.js';
import { broken, type Check, type Finding, fine, type Subject, warning } from './finding.js';
import { accountOf, grant } from './grant.js';
import { checkRows } from './rows.js';

const ABOUT = 'database';
/** There is no such database. */
const UNKNOWN_DATABASE = 1049;
/** The account may not enter the database, be it there or not. */
const ACCESS_DENIED = 1044;

/** Whether the MySQL database can be used, and what about it can go wrong. */
export const checkMysql: Check = async (subject) => {
  const url = mysqlUrl(subject.settings);
  if (url === undefined) return [];
  try {
    return await onConnection(url, (connection) => checkServer(connection, subject, url), false);
  } catch (error) {
    const remedy = 'see to the server, and to user and password in the URL';
    return [broken(ABOUT, `${whereIs(url)}: ${reason(error)}`, remedy)];
  }
};

async function checkServer(connection: Connection, subject: Subject, url: string): Promise<Finding[]> {
  const sql = `select version() as version, @@sql_mode as mode, unix_timestamp(now(6)) as time,
    @@max_connections as connections, @@max_user_connections as own`;
  const [[row]] = await connection.query<RowDataPacket[]>(sql);
  const { version, mode, time, connections, own } = row as RowDataPacket;
  const entered = await enter(connection, url);
  const isThere = entered === 'in';
  const product = `${/maria/i.test(String(version)) ? '' : 'MySQL '}${version}`;
  const found: Record<Entered, () => Finding | Promise<Finding>> = {
    in: () => fine(ABOUT, `${whereIs(url)}: ${product}`),
    missing: () =>
      broken(ABOUT, `there is no ${whereIs(url)}`, subject.again(['init']), mender(subject, url)),
    denied: () => shutOut(connection, url),
  };
  const server = [
    await found[entered](),
    strict(String(mode), url),
    clock(Number(time)),
    connectionLimit(
      poolOfAll(subject.settings),
      Number(connections),
      Number(own) || Number.POSITIVE_INFINITY,
    ),
  ];
  return isThere ? [...server, ...(await checkTables(connection, subject, url))] : server;
}

/** Whether we are in the database, or there is none, or the account has no right to it. */
type Entered = 'in' | 'missing' | 'denied';

const REFUSALS: ReadonlyMap<unknown, Entered> = new Map([
  [UNKNOWN_DATABASE, 'missing'],
  [ACCESS_DENIED, 'denied'],
]);

async function enter(connection: Connection, url: string): Promise<Entered> {
  try {
    await connection.query(`use ${quoted(databaseIn(url))}`);
    return 'in';
  } catch (error) {
    const refusal = REFUSALS.get((error as { errno?: unknown }).errno);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

/** User and password are right, but nobody has given the account a right to the database. */
async function shutOut(connection: Connection, url: string): Promise<Finding> {
  const account = await accountOf(connection);
  return broken(
    ABOUT,
    `${whereIs(url)}: ${account} has no right to it (SECURITY.md names the least that a server needs)`,
    await grant(connection, url, [`ALL ON ${quoted(databaseIn(url))}.*`]),
  );
}

function mender({ settings }: Subject, url: string): () => Promise<string> {
  return async () => `created ${(await createTables(url, settings.dialect.tables)).join(', ')}`;
}

function strict(mode: string, url: string): Finding {
  if (/STRICT_(TRANS|ALL)_TABLES/.test(mode)) return fine('strict mode', 'names that do not fit are refused');
  const text = 'off: original nodes have names cut that do not fit, without a word; ours refuse them';
  const statement = "SET GLOBAL sql_mode = concat(@@sql_mode, ',STRICT_TRANS_TABLES')";
  return warning('strict mode', text, mysqlCommand('mysql', url, [`--execute=${statement}`]));
}

/** Whether a node may have as many connections as it wants, and the account as many as that; 0 is no limit. */
function connectionLimit(wanted: number, server: number, account: number): Finding {
  const least = Math.min(server, account);
  if (wanted <= least) return fine('connections', `this node has ${wanted} at most, and may`);
  const whose = account < server ? 'this account' : 'the server';
  const text = `this node has ${wanted} at most, and ${whose} allows ${least}: then requests wait for each other`;
  return warning('connections', text, `--mysql-pool ${least} or less, or raise the limit`);
}

/** Missing tables do not keep the rest from being looked at. */
async function checkTables(connection: Connection, subject: Subject, url: string): Promise<Finding[]> {
  const { tables } = subject.settings.dialect;
  const columns = await allColumns(connection);
  const missing = missingIn([...new Set(columns.map(({ table }) => table))], tables);
  const { names, problems } = readPresent(columns, tables);
  const text = `there is no ${missing.map((table) => tables[table]?.table ?? table).join(', ')}`;
  return [
    missing.length === 0
      ? fine('tables', 'all five are there')
      : broken('tables', text, subject.again(['init']), mender(subject, url)),
    ...problems.map((problem) => broken('tables', problem, 'see docs/dialects.md, Tables')),
    ...checkColumns(textColumns(columns, names), subject),
    ...(await checkKeys(connection, names, url)),
    await checkReadings(connection, names, subject),
    await checkAccount(connection, names, subject.settings, url),
    ...(await checkRows(connection, names, subject, url)),
  ];
}

function checkColumns(columns: readonly Column[], { settings, again }: Subject): Finding[] {
  const poor = poorColumns(columns, settings['mysql-charset']);
  if (poor.length === 0) return [fine('columns', `hold all that ${settings['mysql-charset']} promises`)];
  return [warning('columns', poor.map(lossOf).join('; '), again(['init'], ['--utf8mb4']))];
}

/** The keys of forks that keep rows out of the tables. */
async function checkKeys(
  connection: Connection,
  names: PresentNames['names'],
  url: string,
): Promise<Finding[]> {
  const problems = await findKeyProblems(connection, names);
  if (problems.length === 0) return [fine('keys', 'keep no rows out that belong in')];
  return problems.map(({ text, statement }) =>
    broken('keys', text, mysqlCommand('mysql', url, [`--execute=${statement}`, databaseIn(url)])),
  );
}

/** Whether names are read as they were written. */
async function checkReadings(
  connection: Connection,
  names: PresentNames['names'],
  { settings: { 'mysql-charset': charset } }: Subject,
): Promise<Finding> {
  const doubt = readingDoubt(await readReadings(connection, names), charset);
  return doubt === undefined
    ? fine('charset', `names can be read with --mysql-charset ${charset}`)
    : warning('charset', doubt.text, doubt.remedy);
}
