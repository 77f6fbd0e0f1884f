import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { redisUrl } from '../backends.js';
import { onConnection } from '../setup/connection.js';
import type { Names } from '../store/mysql/names.js';
import { counted } from '../text/counted.js';
import { Channels } from './channels.js';
import { type Finding, fine, fixing, type Subject, warning } from './finding.js';

const ABOUT = 'users';
/** How many rows are changed at once. */
const BATCH = 1000;
/** A node whose Redis was away subscribes again within half a second; a slow one may take longer. In ms. */
const SETTLED = 3000;

type Users = Names<'user'>;

/**
 * Accounts that are online in the database and on no node: a node has crashed (DIFFERENCES 10). Ours let them log
 * in, original nodes do not. They are set offline only when it is certain that the Redis is that of the nodes: nobody
 * there is subscribed who is not online here, and somebody is; or else when the operator says that no node runs.
 * Without a Redis, only then.
 */
export async function findStuck(
  connection: Connection,
  url: string,
  user: Users,
  subject: Subject,
): Promise<Finding> {
  const { settings } = subject;
  const redis = redisUrl(settings);
  const online = await readOnline(connection, user);
  if (online.length === 0) return fine(ABOUT, '0 online');
  const channels = redis === undefined ? undefined : await Channels.open(redis);
  // A Redis that is away is a finding of its own, and nobody can be called stuck.
  if (redis !== undefined && channels === undefined) return fine(ABOUT, `${online.length} online`);
  try {
    return await judge(connection, url, user, subject, online, channels);
  } finally {
    await channels?.close();
  }
}

async function judge(
  connection: Connection,
  url: string,
  user: Users,
  subject: Subject,
  online: readonly number[],
  channels: Channels | undefined,
): Promise<Finding> {
  const allStopped = subject.settings['all-stopped'];
  const heard = (await channels?.heard(online)) ?? new Set<number>();
  const stuck = online.filter((id) => !heard.has(id));
  if (stuck.length === 0) return fine(ABOUT, `${online.length} online, each on a node`);
  if (channels === undefined && !allStopped) return fine(ABOUT, `${online.length} online`);
  const text = `${stuck.length} of ${online.length} online are on no node: original nodes do not let them in`;
  const doubt = await doubtOf(connection, user, channels, heard, allStopped);
  if (doubt !== undefined) return warning(ABOUT, `${text}; but ${doubt.why}`, doubt.remedy(subject));
  const mend = () =>
    onConnection(
      url,
      async (own) => `set ${counted(await setOffline(own, user, stuck, subject), 'user')} offline`,
    );
  return warning(ABOUT, text, fixing(subject), mend);
}

interface Doubt {
  readonly why: string;
  readonly remedy: (subject: Subject) => string;
}

const IS_IT_THE_ONE = 'name with --redis the Redis that the nodes use';

/** Why it is not certain that nobody has the accounts; undefined when it is. */
async function doubtOf(
  connection: Connection,
  user: Users,
  channels: Channels | undefined,
  heard: ReadonlySet<number>,
  allStopped: boolean,
): Promise<Doubt | undefined> {
  const listened = await channels?.users();
  if (allStopped) {
    if (listened === undefined || listened.length === 0) return undefined;
    return {
      why: 'nodes do run: users are subscribed',
      remedy: () => 'stop them, or leave --all-stopped out',
    };
  }
  if (listened === undefined)
    return {
      why: 'whether this Redis is that of the nodes cannot be seen',
      remedy: () => 'let the user of --redis list channels: ACL SETUSER USER +pubsub|channels',
    };
  if (heard.size === 0)
    return {
      why: `no node is seen on this Redis at all: if nodes do run, ${IS_IT_THE_ONE}; if none runs, say so`,
      remedy: (subject) => `${fixing(subject)} --all-stopped`,
    };
  const online = new Set(await readOnline(connection, user));
  const strangers = listened.filter((id) => !online.has(id));
  if (strangers.length === 0) return undefined;
  return {
    why: `this Redis has users who are not online in this database (${strangers.slice(0, 3).join(', ')}): is it that of another cluster?`,
    remedy: () => IS_IT_THE_ONE,
  };
}

async function readOnline(
  connection: Connection,
  { table, id, state }: Users,
  among?: readonly number[],
): Promise<number[]> {
  const which = among === undefined ? '' : `and ${id} in (${among.map(Number)}) for update`;
  const online = `select ${id} as id from ${table} where ${state} = 'online' ${which}`;
  const [rows] = await connection.query<RowDataPacket[]>(online);
  return rows.map((row) => Number(row.id));
}

/**
 * Users who have come back meanwhile are left alone: the rows are locked while Redis is asked once more. A login
 * subscribes before it changes its row, so it is either seen there or comes after this.
 */
async function setOffline(
  connection: Connection,
  user: Users,
  ids: readonly number[],
  { settings }: Subject,
): Promise<number> {
  const redis = redisUrl(settings);
  const channels = redis === undefined ? undefined : await Channels.open(redis);
  if (redis !== undefined && channels === undefined) throw new Error('Redis has gone away');
  try {
    if (channels !== undefined) await pause(SETTLED);
    let changed = 0;
    for (let i = 0; i < ids.length; i += BATCH)
      changed += await setSome(connection, user, ids.slice(i, i + BATCH), channels);
    return changed;
  } finally {
    await channels?.close();
  }
}

async function setSome(
  connection: Connection,
  user: Users,
  ids: readonly number[],
  channels: Channels | undefined,
): Promise<number> {
  const { table, id, state } = user;
  await connection.beginTransaction();
  const still = await readOnline(connection, user, ids);
  const heard = (await channels?.heard(still)) ?? new Set();
  const stuck = still.filter((one) => !heard.has(one));
  let changed = 0;
  if (stuck.length > 0) {
    const sql = `update ${table} set ${state} = 'offline' where ${state} = 'online' and ${id} in (${stuck})`;
    const [result] = await connection.query<ResultSetHeader>(sql);
    changed = result.affectedRows;
  }
  await connection.commit();
  return changed;
}
