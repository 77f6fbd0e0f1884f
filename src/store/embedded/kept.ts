import { type KeptLogin, MOST_LOGINS } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { text } from './users.js';

/** The logins of browsers, in the table `websession`. */
export function kept(db: EmbeddedDatabase) {
  const put = db.prepare(
    'INSERT OR REPLACE INTO websession (token, userid, proof, until) VALUES (?, ?, ?, ?)',
  );
  const dropOld = db.prepare('DELETE FROM websession WHERE until < ?');
  const dropMore = db.prepare(
    `DELETE FROM websession WHERE userid = ?1 AND token NOT IN
     (SELECT token FROM websession WHERE userid = ?1 ORDER BY until DESC, token LIMIT ${MOST_LOGINS - 1})`,
  );
  const byToken = db.prepare('SELECT token, userid, proof, until FROM websession WHERE token = ?');
  const drop = db.prepare('DELETE FROM websession WHERE token = ?');
  const dropAll = db.prepare('DELETE FROM websession WHERE userid = ?');
  return {
    keepLogin: ({ token, userid, proof, until }: KeptLogin, today: number): void => {
      dropOld.run(today);
      drop.run(token);
      dropMore.run(userid);
      put.run(token, userid, proof, until);
    },
    keptLogin: (token: string): KeptLogin | undefined =>
      byToken.all(token).map((row) => ({
        token: text(row.token),
        userid: Number(row.userid),
        proof: text(row.proof),
        until: Number(row.until),
      }))[0],
    endLogins: (of: { readonly token: string } | { readonly userid: number }): void => {
      if ('token' in of) drop.run(of.token);
      else dropAll.run(of.userid);
    },
  };
}
