import type { Friend } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { text, toState } from './users.js';

/** Friendships, in the table `friend`; each is listed and stored once (DIFFERENCES 14). */
export function friends(db: EmbeddedDatabase) {
  const insert = db.prepare(
    'INSERT INTO friend (userid, friendid) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM friend WHERE userid = ?1 AND friendid = ?2)',
  );
  const remove = db.prepare('DELETE FROM friend WHERE userid = ? AND friendid = ?');
  const byUser = db.prepare(
    'SELECT DISTINCT u.id, u.name, u.state FROM friend f JOIN user u ON u.id = f.friendid WHERE f.userid = ? ORDER BY f.friendid',
  );
  return {
    addFriend: (id: number, friendid: number): boolean => {
      insert.run(id, friendid);
      return true;
    },
    removeFriend: (id: number, friendid: number): boolean => remove.run(id, friendid).changes > 0,
    friends: (id: number): readonly Friend[] =>
      byUser.all(id).map((row) => ({ id: Number(row.id), name: text(row.name), state: toState(row.state) })),
  };
}
