import { type KeptLogin, MOST_LOGINS, type Store } from '../store.js';
import type { Database } from './database.js';
import { textOf } from './text.js';

/** The table is made when the first login is to be kept: who never opens the page has the tables of the original only. */
const TABLE = `create table if not exists websession (
  token char(64) character set ascii collate ascii_bin not null primary key,
  userid int not null,
  proof char(64) character set ascii collate ascii_bin not null,
  until int not null,
  key userid (userid, until)
)`;

const IS_THERE = `select 1 from information_schema.tables
  where table_schema = database() and table_name = 'websession'`;

/** The logins of browsers, in the table `websession`. */
export function kept(db: Database): Pick<Store, 'keepLogin' | 'keptLogin' | 'endLogins'> {
  let isThere = false;
  const look = async () => {
    isThere ||= (await db.ask(IS_THERE)).rows.length > 0;
    return isThere;
  };
  return {
    keepLogin: async ({ token, userid, proof, until }, today) => {
      if (!(await look())) await db.ask(TABLE);
      await db.session(async ({ ask }) => {
        await ask('delete from websession where until < ?', [today]);
        await ask(
          `delete from websession where userid = ? and token <> ? and token not in (select token from (
             select token from websession where userid = ? and token <> ? order by until desc, token limit ${MOST_LOGINS - 1}
           ) newest)`,
          [userid, token, userid, token],
        );
        await ask('replace into websession (token, userid, proof, until) values (?, ?, ?, ?)', [
          token,
          userid,
          proof,
          until,
        ]);
      });
    },
    keptLogin: async (token) => {
      if (!(await look())) return undefined;
      const { rows } = await db.ask(
        `select ${db.bytes('token')} as token, userid, ${db.bytes('proof')} as proof, until from websession
         where token = ?`,
        [token],
      );
      const [row] = rows;
      return row && toLogin(row);
    },
    endLogins: async (of) => {
      const [column, value] = 'token' in of ? ['token', of.token] : ['userid', of.userid];
      if (await look()) await db.ask(`delete from websession where ${column} = ?`, [value]);
    },
  };
}

function toLogin({ token, userid, proof, until }: Readonly<Record<string, unknown>>): KeptLogin {
  return { token: textOf(token), userid: Number(userid), proof: textOf(proof), until: Number(until) };
}
