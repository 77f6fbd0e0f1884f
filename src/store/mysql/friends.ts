import { coalesce } from '../coalesce.js';
import type { Friend, Store } from '../store.js';
import type { Database } from './database.js';
import { unlessRefused } from './failure.js';
import { textOf } from './text.js';
import { unique } from './unique.js';
import { ONLINE, stateOf } from './users.js';

type Friends = Pick<Store, 'friends' | 'addFriend'>;

/** The friendships. */
export function friends(db: Database): Friends {
  return {
    friends: async (id) => unique(await read(db, id)),
    // One at a time, so that each sees what the one before has added.
    addFriend: coalesce((id, friendid) => add(db, id, friendid)),
  };
}

/** The original's query: its shape decides the order of the rows (PROTOCOL.md section 5). */
async function read(db: Database, id: number): Promise<Friend[]> {
  const { rows } = await db.ask(
    `select a.id, ${db.bytes('a.name')} as name, ${ONLINE}
     from user a inner join friend b on b.friendid = a.id where b.userid = ?`,
    [id],
  );
  return rows.map((row) => ({ id: Number(row.id), name: textOf(row.name), state: stateOf(row) }));
}

/** Adds what is not there, also where no key of the table says so (DIFFERENCES 14). */
async function add(db: Database, id: number, friendid: number): Promise<void> {
  await unlessRefused(
    db.ask(
      `insert into friend (userid, friendid) select ?, ? from dual
       where not exists (select 1 from friend where userid = ? and friendid = ?)`,
      [id, friendid, id, friendid],
    ),
  );
}
