import { chat, FIRST_USER, GROUP, PASSWORD } from './message.js';
import type { Storage } from './storage.js';

/** Rows that go into the database in one statement. */
const CHUNK = 500;

/** Adds users FIRST_USER and up, all offline. */
export async function seedUsers(storage: Storage, count: number): Promise<void> {
  const row = (id: number) => `(${id}, 'user${id}', '${PASSWORD}', 'offline')`;
  await insert(storage, 'user (id, name, password, state)', ids(count).map(row));
}

/** Makes the first `count` users the members of GROUP. */
export async function seedGroup(storage: Storage, count: number): Promise<void> {
  await insert(storage, 'allgroup (id, groupname, groupdesc)', [`(${GROUP}, 'bench', 'a group')`]);
  const row = (id: number) => `(${GROUP}, ${id}, '${id === FIRST_USER ? 'creator' : 'normal'}')`;
  await insert(storage, 'groupuser (groupid, userid, grouprole)', ids(count).map(row));
}

/** Stores `each` messages for each of the first `count` users. */
export async function seedStored(storage: Storage, count: number, each: number): Promise<void> {
  const rows = ids(count).flatMap((id) => {
    const message = chat(FIRST_USER, id).toString().slice(0, -1);
    // No two are alike.
    const row = (n: number) => `(${id}, '${message.replace(/"msg":"/, `$&${n} `)}')`;
    return Array.from({ length: each }, (_, n) => row(n));
  });
  await insert(storage, 'offlinemessage (userid, message)', rows);
}

/** The ids of the first `count` users. */
export function ids(count: number): number[] {
  return Array.from({ length: count }, (_, i) => FIRST_USER + i);
}

async function insert(storage: Storage, into: string, rows: readonly string[]): Promise<void> {
  const table = into.replace(/^\w+/, '`$&`');
  for (let i = 0; i < rows.length; i += CHUNK)
    await storage.run(`insert into ${table} values ${rows.slice(i, i + CHUNK).join(', ')}`);
}
