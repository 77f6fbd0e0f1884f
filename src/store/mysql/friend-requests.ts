import { type FriendRequestStore, MOST_ASKED, MOST_LISTED } from '../friend-requests.js';
import type { Database } from './database.js';
import { nameOf } from './joiner.js';
import { online, stateOf } from './states.js';

const TABLE = `create table if not exists friendrequest (
  id int unsigned not null auto_increment primary key, userid int not null, friendid int not null,
  unique key asked (userid, friendid), key friendid (friendid, id)) engine = innodb`;

/** How many connections it has at most. */
const LANES = 2;

/** The requests for friendship, in the table `friendrequest`: it is made when it is first needed. */
export function friendRequests(db: Database): FriendRequestStore {
  const own = db.narrow(LANES);
  let isThere: Promise<unknown> | undefined;
  const open = () => {
    isThere ??= own.ask(TABLE).catch((error) => {
      isThere = undefined;
      throw error;
    });
    return isThere;
  };
  const has = async (userid: number, friendid: number) => {
    await open();
    const sql = 'select 1 from friendrequest where userid = ? and friendid = ?';
    return (await own.ask(sql, [userid, friendid])).rows.length > 0;
  };
  return {
    askFriend: async (userid, friendid) => {
      if (await has(userid, friendid)) return true;
      const { rows } = await own.ask('select count(*) as n from friendrequest where userid = ?', [userid]);
      if (Number(rows[0]?.n) >= MOST_ASKED) return false;
      await own.ask('insert ignore into friendrequest (userid, friendid) values (?, ?)', [userid, friendid]);
      return true;
    },
    hasAskedFriend: has,
    friendRequests: async (friendid) => {
      await open();
      const { user } = own.names;
      const { rows } = await own.ask(
        `select a.${user.id} as id, ${db.bytes(`a.${user.name}`)} as name, ${online(db)}
         from friendrequest r inner join ${user.table} a on a.${user.id} = r.userid
         where r.friendid = ? order by r.id desc limit ${MOST_LISTED}`,
        [friendid],
      );
      return rows.map((row) => ({ id: Number(row.id), name: nameOf(row.name), state: stateOf(row) }));
    },
    endFriendRequest: async (userid, friendid) => {
      await open();
      const sql = 'delete from friendrequest where userid = ? and friendid = ?';
      return (await own.ask(sql, [userid, friendid])).affected > 0;
    },
  };
}
