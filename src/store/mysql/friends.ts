import { coalesce } from '../coalesce.js';
import type { Friend, Store } from '../store.js';
import type { Database } from './database.js';
import { unlessRefused } from './failure.js';
import { nameOf } from './joiner.js';
import { online, stateOf } from './states.js';
import type { Read } from './together.js';
import { unique } from './unique.js';

type Friends = Pick<Store, 'friends' | 'addFriend' | 'removeFriend'>;

/** How many connections store friendships at once. */
const CHANGES = 2;

/** The friendships. */
export function friends(db: Database, read: Read): Friends {
  const changes = db.narrow(CHANGES);
  return {
    friends: async (id) => unique(await list(db, read, id)),
    // One at a time, so that each sees the row that the one before has added.
    addFriend: coalesce((id, friendid) => add(changes, id, friendid)),
    removeFriend: (id, friendid) => remove(changes, id, friendid),
  };
}

/** The original's query: its shape decides the order of the rows (PROTOCOL.md section 5). */
async function list(db: Database, read: Read, id: number): Promise<Friend[]> {
  const { user, friend } = db.names;
  const rows = await read(
    `select a.${user.id} as id, ${db.bytes(`a.${user.name}`)} as name, ${online(db)}
     from ${user.table} a inner join ${friend.table} b on b.${friend.friendid} = a.${user.id}
     where b.${friend.userid} = ?`,
    [id],
  );
  return rows.map((row) => ({ id: Number(row.id), name: nameOf(row.name), state: stateOf(row) }));
}

/**
 * Adds a row that is not there, also where no key of the table keeps a second one out (DIFFERENCES 14). When a key
 * refuses a row, that very row is looked for: forks have keys that keep other rows out.
 */
async function add(db: Database, id: number, friendid: number): Promise<boolean> {
  const { table, userid, friendid: other } = db.names.friend;
  const added = await unlessRefused(
    db.ask(
      `insert into ${table} (${userid}, ${other}) select ?, ? from dual
       where not exists (select 1 from ${table} where ${userid} = ? and ${other} = ?)`,
      [id, friendid, id, friendid],
    ),
  );
  if (added !== undefined) return true;
  const { rows } = await db.ask(`select 1 from ${table} where ${userid} = ? and ${other} = ?`, [
    id,
    friendid,
  ]);
  return rows.length > 0;
}

/** Another try may find that the one before it, whose answer was lost, has removed it. */
function remove(db: Database, id: number, friendid: number): Promise<boolean> {
  const { table, userid, friendid: other } = db.names.friend;
  return db.session(async ({ ask }, again) => {
    const { affected } = await ask(`delete from ${table} where ${userid} = ? and ${other} = ?`, [
      id,
      friendid,
    ]);
    return affected > 0 || again;
  });
}
