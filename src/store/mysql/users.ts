import type { Store, User } from '../store.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import { isRefusal, unlessRefused } from './failure.js';
import { nameOf } from './joiner.js';
import type { Ask, Row } from './link.js';
import { online, stateOf, states } from './states.js';
import { textOf } from './text.js';
import { lookup, withList } from './together.js';

type Users = Pick<
  Store,
  'register' | 'setPassword' | 'user' | 'idOf' | 'existing' | 'online' | 'goOnline' | 'goOffline'
>;

/** How many connections look for accounts at once. */
const LOOKUPS = 2;

/** And how many register. */
const CHANGES = 2;

/** This many accounts or more go offline in a statement of their own. */
const MANY = 100;

/** The accounts. */
export function users(db: Database, canLock: boolean): Users {
  const { table, id: key, name, password } = db.names.user;
  const columns = `${key} as id, ${db.bytes(name)} as name, ${db.bytes(password)} as password`;
  const rowsOf = lookup(db, LOOKUPS, `select ${columns}, ${online(db)} from ${table} a where ${key}`);
  const changes = db.narrow(CHANGES);
  const set = states(db, canLock);
  return {
    register: (name, password) => register(changes, db.nameFor(name), password),
    user: async (id) => toUser((await rowsOf(id))[0]),
    setPassword: (id, password) => setPassword(changes, id, password),
    idOf: (name) => idOf(db, db.nameFor(name)),
    existing: (ids) => amongst(db, ids),
    online: (ids) => amongst(db, ids, (row) => stateOf(row) === 'online'),
    goOnline: (id) => set({ id, state: 'online' }),
    goOffline: async (ids) => {
      if (ids.length < MANY) await Promise.all(ids.map((id) => set({ id, state: 'offline' })));
      else await setOffline(db, ids);
    },
  };
}

/** A row that is locked makes all wait, and may fail for all. */
async function setOffline(db: Database, ids: readonly number[]): Promise<void> {
  const { table, id, state } = db.names.user;
  const update = `update ${table} set ${state} = 'offline' where ${id} in (?) and not (${state} <=> 'offline')`;
  for (const some of chunks(ids, db.mostBytes)) await db.session(({ ask }) => ask(withList(update, some)));
}

function register(db: Database, name: string, password: string): Promise<number | undefined> {
  const { table, ...names } = db.names.user;
  const insert = `insert into ${table} (${names.name}, ${names.password}, ${names.state}) values (?, ?, 'offline')`;
  return db.session(async ({ ask }, again) => {
    try {
      return (await ask(insert, [name, password])).insertId;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // The name may be taken by this very call, if its answer was lost.
      return again ? await registered(db, ask, name, password) : undefined;
    }
  });
}

async function setPassword(db: Database, id: number, password: string): Promise<boolean> {
  const { table, id: key, password: column } = db.names.user;
  const done = await unlessRefused(
    db.ask(`update ${table} set ${column} = ? where ${key} = ?`, [password, id]),
  );
  return done?.affected === 1;
}

async function registered(
  db: Database,
  ask: Ask,
  name: string,
  password: string,
): Promise<number | undefined> {
  const { table, ...names } = db.names.user;
  const isThis = `${names.name} = ? and ${db.bytes(names.name)} = ? and ${db.bytes(names.password)} = ?`;
  const { rows } = await ask(`select ${names.id} as id from ${table} where ${isThis}`, [
    name,
    Buffer.from(name),
    Buffer.from(password),
  ]);
  return rows[0] === undefined ? undefined : Number(rows[0].id);
}

function toUser(row: Row | undefined): User | undefined {
  // A NULL password is not the empty one: there is none that would do.
  if (row === undefined || row.password === null) return undefined;
  return {
    id: Number(row.id),
    name: nameOf(row.name),
    password: textOf(row.password),
    state: stateOf(row),
  };
}

/** A name that the connection's charset cannot hold is nobody's. */
async function idOf(db: Database, name: string): Promise<number | undefined> {
  const { table, id, name: column } = db.names.user;
  const found = await unlessRefused(db.ask(`select ${id} as id from ${table} where ${column} = ?`, [name]));
  const row = found?.rows[0];
  return row && Number(row.id);
}

/** Those of the ids whose accounts are there, and meant. */
async function amongst(
  db: Database,
  ids: readonly number[],
  isIt: (row: Row) => boolean = () => true,
): Promise<readonly number[]> {
  const { table, id: key } = db.names.user;
  const found: number[] = [];
  for (const some of chunks(ids, db.mostBytes)) {
    const { rows } = await db.ask(
      `select ${key} as id, ${online(db)} from ${table} a where ${key} in (${some.map(() => '?')})`,
      some,
    );
    for (const row of rows) if (isIt(row)) found.push(Number(row.id));
  }
  return found;
}
