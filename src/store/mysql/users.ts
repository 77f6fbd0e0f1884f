import type { Store, User, UserState } from '../store.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import { isRefusal, unlessRefused } from './failure.js';
import type { Ask, Row } from './link.js';
import { textOf } from './text.js';

type Users = Pick<Store, 'register' | 'user' | 'idOf' | 'existing' | 'goOnline' | 'goOffline'>;

/** Whether an account of the table `a` is online; NULL is offline. To be read with stateOf. */
export const ONLINE = `a.state = 'online' as online`;

/** The state of a row that was selected with ONLINE. */
export function stateOf(row: Row): UserState {
  return row.online === 1 ? 'online' : 'offline';
}

/** The accounts. */
export function users(db: Database): Users {
  return {
    register: (name, password) => register(db, name, password),
    user: (id) => user(db, id),
    idOf: (name) => idOf(db, name),
    existing: (ids) => existing(db, ids),
    goOnline: async (id) => {
      const change = `update user set state = 'online' where id = ? and not (state <=> 'online')`;
      return (await db.ask(change, [id])).affected === 1;
    },
    goOffline: async (ids) => {
      for (const some of chunks(
        [...ids].sort((a, b) => a - b),
        db.mostBytes,
      )) {
        await db.ask(`update user set state = 'offline' where id in (${some.map(() => '?')})`, some);
      }
    },
  };
}

function register(db: Database, name: string, password: string): Promise<number | undefined> {
  return db.session(async (ask, again) => {
    try {
      const insert = `insert into user (name, password, state) values (?, ?, 'offline')`;
      return (await ask(insert, [name, password])).insertId;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // The name may be taken by this very call, if its answer was lost.
      return again ? await registered(db, ask, name, password) : undefined;
    }
  });
}

async function registered(
  db: Database,
  ask: Ask,
  name: string,
  password: string,
): Promise<number | undefined> {
  const isThis = `name = ? and ${db.bytes('name')} = ? and ${db.bytes('password')} = ?`;
  const { rows } = await ask(`select id from user where ${isThis}`, [
    name,
    Buffer.from(name),
    Buffer.from(password),
  ]);
  return rows[0] === undefined ? undefined : Number(rows[0].id);
}

async function user(db: Database, id: number): Promise<User | undefined> {
  const texts = `${db.bytes('name')} as name, ${db.bytes('password')} as password`;
  const { rows } = await db.ask(`select ${texts}, ${ONLINE} from user a where id = ?`, [id]);
  const [row] = rows;
  // A NULL password is not the empty one: there is none that would do.
  if (row === undefined || row.password === null) return undefined;
  return { id, name: textOf(row.name), password: textOf(row.password), state: stateOf(row) };
}

/** A name that the connection's charset cannot hold is nobody's. */
async function idOf(db: Database, name: string): Promise<number | undefined> {
  const found = await unlessRefused(db.ask('select id from user where name = ?', [name]));
  const row = found?.rows[0];
  return row && Number(row.id);
}

async function existing(db: Database, ids: readonly number[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const some of chunks(ids, db.mostBytes)) {
    const { rows } = await db.ask(`select id from user where id in (${some.map(() => '?')})`, some);
    for (const { id } of rows) found.push(Number(id));
  }
  return found;
}
