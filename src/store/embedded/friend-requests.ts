import { type Asker, MOST_ASKED, MOST_LISTED } from '../friend-requests.js';
import type { EmbeddedDatabase } from './database.js';
import { text, toState } from './users.js';

/** The requests for friendship, in the table `friendrequest`. */
export function friendRequests(db: EmbeddedDatabase) {
  const find = db.prepare('SELECT 1 FROM friendrequest WHERE userid = ? AND friendid = ?');
  const count = db.prepare('SELECT count(*) AS n FROM friendrequest WHERE userid = ?');
  const insert = db.prepare('INSERT INTO friendrequest (userid, friendid) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM friendrequest WHERE userid = ? AND friendid = ?');
  const list = db.prepare(
    `SELECT u.id, u.name, u.state FROM friendrequest r JOIN user u ON u.id = r.userid
     WHERE r.friendid = ? ORDER BY r.id DESC LIMIT ${MOST_LISTED}`,
  );
  const has = (userid: number, friendid: number) => find.all(userid, friendid).length > 0;
  return {
    askFriend: (userid: number, friendid: number): boolean => {
      if (has(userid, friendid)) return true;
      if (Number(count.all(userid)[0]?.n) >= MOST_ASKED) return false;
      insert.run(userid, friendid);
      return true;
    },
    hasAskedFriend: has,
    friendRequests: (friendid: number): readonly Asker[] =>
      list
        .all(friendid)
        .map((row) => ({ id: Number(row.id), name: text(row.name), state: toState(row.state) })),
    endFriendRequest: (userid: number, friendid: number): boolean => remove.run(userid, friendid).changes > 0,
  };
}
