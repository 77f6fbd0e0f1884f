import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { onConnection } from '../setup/connection.js';
import type { Names } from '../store/mysql/names.js';
import { type Finding, fine, warning } from './finding.js';
import { onRedis } from './redis.js';

const ABOUT = 'users';
/** How many are asked about at once. */
const BATCH = 1000;

/**
 * Accounts that are online in the database and on no node: a node has crashed (DIFFERENCES 10). Ours let them log
 * in, original nodes do not.
 *
 * @param redisUrl where nodes are asked; without one nobody can tell
 */
export async function findStuck(
  connection: Connection,
  url: string,
  user: Names<'user'>,
  redisUrl: string | undefined,
): Promise<Finding> {
  const online = await readOnline(connection, user);
  if (redisUrl === undefined) return fine(ABOUT, `${online.length} online`);
  const stuck = await unheard(redisUrl, online);
  if (stuck.length === 0) return fine(ABOUT, `${online.length} online, each on a node`);
  const mend = async () => {
    // Who has come back meanwhile is left alone.
    const still = await unheard(redisUrl, stuck);
    return `set ${await onConnection(url, (own) => setOffline(own, user, still))} users offline`;
  };
  const text = `${stuck.length} of ${online.length} online are on no node: original nodes do not let them in`;
  return warning(ABOUT, text, 'chat-server check --fix', mend);
}

async function readOnline(connection: Connection, { table, id, state }: Names<'user'>): Promise<number[]> {
  const online = `select ${id} as id from ${table} where ${state} = 'online'`;
  const [rows] = await connection.query<RowDataPacket[]>(online);
  return rows.map((row) => Number(row.id));
}

/** Those whose channel nobody is subscribed to. */
async function unheard(redisUrl: string, ids: readonly number[]): Promise<number[]> {
  try {
    return await onRedis(redisUrl, async (shards) => {
      const found: number[] = [];
      for (let i = 0; i < ids.length; i += BATCH) {
        const some = ids.slice(i, i + BATCH);
        const counts = await shards.count(some);
        found.push(...some.filter((_, n) => counts[n] === 0));
      }
      return found;
    });
  } catch {
    // Redis is away: that is a finding of its own, and nobody can be called stuck.
    return [];
  }
}

async function setOffline(
  connection: Connection,
  { table, id, state }: Names<'user'>,
  ids: readonly number[],
): Promise<number> {
  let changed = 0;
  for (let i = 0; i < ids.length; i += BATCH) {
    const [result] = await connection.query<ResultSetHeader>(
      `update ${table} set ${state} = 'offline' where ${state} = 'online' and ${id} in (?)`,
      [ids.slice(i, i + BATCH)],
    );
    changed += result.affectedRows;
  }
  return changed;
}
