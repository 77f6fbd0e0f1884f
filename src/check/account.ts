import type { Connection } from 'mysql2/promise';
import type { Settings } from '../options.js';
import { databaseIn } from '../setup/connection.js';
import { type PresentNames, quoted, unquoted } from '../store/mysql/names.js';
import { broken, type Finding, fine, warning } from './finding.js';
import { grant } from './grant.js';

/** The numbers by which the database says that an account lacks a right to a table, or to a column. */
const DENIED: ReadonlySet<unknown> = new Set([1142, 1143]);

/**
 * A statement for each right. It is prepared, never executed: without the right the database refuses it, with the right
 * it changes nothing. A table or column that is not there is another error.
 */
const PROBES = {
  SELECT: (table: string) => `select 1 from ${table} limit 0`,
  INSERT: (table: string) => `insert into ${table} () values ()`,
  UPDATE: (table: string) => `update ${table} set nothing = 1 limit 0`,
  DELETE: (table: string) => `delete from ${table} limit 0`,
  CREATE: (table: string) => `create table if not exists ${table} (nothing int)`,
} as const;

type Right = keyof typeof PROBES;

/** A quoted table, and rights to it. */
interface Rights {
  readonly table: string;
  readonly rights: readonly Right[];
}

const WRITTEN: readonly Right[] = ['SELECT', 'INSERT', 'DELETE'];
const MADE: readonly Right[] = [...WRITTEN, 'CREATE'];
const HISTORY = ['historyconversation', 'historymessage', 'historyindex', 'historymember'];

/** Whether the account has the rights to the tables that a server with these options needs. */
export async function checkAccount(
  connection: Connection,
  names: PresentNames['names'],
  settings: Settings,
  url: string,
): Promise<Finding> {
  const ofOriginal = await lacking(connection, original(names));
  const ofOurs = await lacking(connection, ours(settings));
  const all = [...ofOriginal, ...ofOurs];
  if (all.length === 0) return fine('account', 'may do all that a server needs');
  const lost = all.map(({ table, rights }) => `${rights.join(', ')} on ${unquoted(table)}`).join('; ');
  const text = `may not ${lost}: who needs that is told that the service is unavailable`;
  const database = quoted(databaseIn(url));
  const wanted = all.map(({ table, rights }) => `${rights.join(', ')} ON ${database}.${table}`);
  const state = ofOriginal.length > 0 ? broken : warning;
  return state('account', text, await grant(connection, url, wanted));
}

/** The rights that a server needs to the original's tables, as far as they are there. */
function original({ user, friend, allgroup, groupuser, offlinemessage }: PresentNames['names']): Rights[] {
  const rights: [{ readonly table: string } | undefined, readonly Right[]][] = [
    [user, ['SELECT', 'INSERT', 'UPDATE']],
    [friend, WRITTEN],
    [allgroup, [...WRITTEN, 'UPDATE']],
    [groupuser, WRITTEN],
    [offlinemessage, WRITTEN],
  ];
  return rights.flatMap(([names, rights]) => (names === undefined ? [] : { table: names.table, rights }));
}

/** The rights that it needs to the tables that it makes when it first needs them. */
function ours(settings: Settings): Rights[] {
  const rights: [readonly string[], isUsed: boolean, readonly Right[]][] = [
    [['chatseq'], true, ['SELECT', 'INSERT', 'UPDATE', 'CREATE']],
    [['websession'], settings.web !== undefined, MADE],
    [['friendrequest'], settings['friend-requests'], MADE],
    [HISTORY, settings.history > 0, [...MADE, 'UPDATE']],
  ];
  return rights
    .filter(([, isUsed]) => isUsed)
    .flatMap(([tables, , rights]) => tables.map((table) => ({ table: quoted(table), rights })));
}

/** Those rights that the account has not. */
async function lacking(connection: Connection, wanted: readonly Rights[]): Promise<Rights[]> {
  const found: Rights[] = [];
  for (const { table, rights } of wanted) {
    const lost: Right[] = [];
    for (const right of rights) if (await isDenied(connection, PROBES[right](table))) lost.push(right);
    if (lost.length > 0) found.push({ table, rights: lost });
  }
  return found;
}

async function isDenied(connection: Connection, sql: string): Promise<boolean> {
  try {
    await connection.query(`prepare probe from ${connection.escape(sql)}`);
    return false;
  } catch (error) {
    return DENIED.has((error as { errno?: unknown }).errno);
  }
}
