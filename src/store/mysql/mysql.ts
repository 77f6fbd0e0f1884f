import type { Store } from '../store.js';
import type { GivenTables } from '../tables.js';
import { copies } from './copies.js';
import { Database } from './database.js';
import { reason } from './failure.js';
import { friendRequests } from './friend-requests.js';
import { friends } from './friends.js';
import { groups } from './groups.js';
import { history } from './history.js';
import { Hosts, whereIs } from './hosts.js';
import { kept } from './kept.js';
import { lock } from './lock.js';
import { offline } from './offline.js';
import { Pool } from './pool.js';
import { inspect, type Schema } from './schema.js';
import { seqs } from './seqs.js';
import type { Charset } from './text.js';
import { reader } from './together.js';
import { users } from './users.js';
import type { Watch } from './watch.js';

export interface MysqlOptions {
  /** mysql://user:password@host:port/database, or several hosts, which are tried in order: host1:port,host2:port */
  readonly url: string;
  /** `gbk` shares the database with the original; `utf8mb4` stores any text, and needs columns of that charset. */
  readonly charset: Charset;
  /** The most connections, 8 unless given. */
  readonly poolSize?: number;
  /** How long to wait for a database that is away, in ms, 5000 unless given. */
  readonly patience?: number;
  readonly watch?: Watch;
  /** The names of tables and columns that differ from chat.sql by more than case and underscores. */
  readonly tables?: GivenTables;
}

/**
 * Opens the tables of chat.sql on MySQL or MariaDB. Rejects, in one line, when the database cannot be reached
 * within `patience` or a table is missing.
 */
export async function openMysql({
  url,
  charset,
  poolSize = 8,
  patience = 5000,
  watch,
  tables,
}: MysqlOptions): Promise<Store> {
  const options = { hosts: new Hosts(url), charset, patience, watch };
  const pool = new Pool({ ...options, size: Math.max(1, poolSize - 1) });
  const db = new Database(options, pool);
  // The only connection there may be is never another one: then it can have the locks as well.
  const locks = poolSize > 1 ? new Database(options, new Pool({ ...options, size: 1, beside: pool })) : db;
  const { messageLimit, canLock } = await check(db, url, tables);
  const lists = reader(db);
  return {
    ...users(db, canLock),
    ...friends(db, lists),
    ...groups(db, reader(db), lists),
    ...offline(db, messageLimit),
    ...lock(locks),
    ...kept(db),
    ...history(db),
    ...seqs(db),
    ...friendRequests(db),
    ...copies(db),
    close: async () => {
      await Promise.all([...new Set([db, locks])].map((each) => each.close()));
    },
  };
}

async function check(db: Database, url: string, tables?: GivenTables): Promise<Schema> {
  try {
    return await inspect(db, tables);
  } catch (error) {
    await db.close();
    throw new Error(`cannot use the database ${whereIs(url)}: ${reason(error)}`, { cause: error });
  }
}
