import type { User, UserState } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { SqlRefused } from './sql-error.js';

/** Accounts, in the table `user`; no password has more than `passwordLength` characters. */
export function users(db: EmbeddedDatabase, passwordLength: number) {
  const insert = db.prepare("INSERT INTO user (name, password, state) VALUES (?, ?, 'offline')");
  // A refused insert uses up an id, as in MySQL.
  const burnId = db.prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'user'");
  const nameTaken = db.prepare('SELECT 1 FROM user WHERE name = ?');
  const byId = db.prepare('SELECT id, name, password, state FROM user WHERE id = ? AND password IS NOT NULL');
  const byName = db.prepare('SELECT id FROM user WHERE name = ?');
  const setPassword = db.prepare('UPDATE user SET password = ? WHERE id = ?');
  const isThere = db.prepare('SELECT 1 FROM user WHERE id = ?');
  const isOnline = db.prepare("SELECT 1 FROM user WHERE id = ? AND state = 'online'");
  const toOnline = db.prepare("UPDATE user SET state = 'online' WHERE id = ? AND state IS NOT 'online'");
  const toOffline = db.prepare("UPDATE user SET state = 'offline' WHERE id = ?");

  return {
    register: (name: string, password: string): number | undefined => {
      if (!isWhole(name) || !isWhole(password) || [...password].length > passwordLength) return undefined;
      try {
        return insert.run(name, password).lastInsertRowid;
      } catch (error) {
        if (!(error instanceof SqlRefused)) throw error;
        if (nameTaken.all(name).length > 0) burnId.run();
        return undefined;
      }
    },
    setPassword: (id: number, password: string): boolean =>
      isWhole(password) &&
      [...password].length <= passwordLength &&
      setPassword.run(password, id).changes === 1,
    user: (id: number): User | undefined => byId.all(id).map(toUser)[0],
    idOf: (name: string): number | undefined =>
      isWhole(name) ? byName.all(name).map(({ id }) => Number(id))[0] : undefined,
    existing: (ids: readonly number[]): readonly number[] => ids.filter((id) => isThere.all(id).length > 0),
    online: (ids: readonly number[]): readonly number[] => ids.filter((id) => isOnline.all(id).length > 0),
    goOnline: (id: number): boolean => toOnline.run(id).changes === 1,
    goOffline: (ids: readonly number[]): void => {
      for (const id of ids) toOffline.run(id);
    },
  };
}

function toUser(row: Record<string, unknown>): User {
  return {
    id: Number(row.id),
    name: text(row.name),
    password: text(row.password),
    state: toState(row.state),
  };
}

/** SQLite's functions, and its driver, see the end of a text where it has a NUL. */
export function isWhole(text: string): boolean {
  return !text.includes('\0');
}

/** A column that may be NULL. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function toState(value: unknown): UserState {
  return value === 'online' ? 'online' : 'offline';
}
