import { COPIES_AT_ONCE, type CopyStore, type Looked, lookThrough } from '../copies.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import type { Ask } from './link.js';
import { removeIf } from './remove.js';
import { textOf } from './text.js';
import { withList } from './together.js';

/** How many connections look for copies: the table may have no key, and each look goes through all of it. */
const LANES = 1;

/** Copies of one message in `offlinemessage`, also those that a node of the original has stored. */
export function copies(db: Database): CopyStore {
  const own = db.narrow(LANES);
  const removeOf = async (userids: readonly number[], part: string, isIt: (text: string) => boolean) => {
    const { table, userid, message } = own.names.offlinemessage;
    const of = withList(`from ${table} where ${userid} in (?)`, userids);
    const bytes = db.bytes(message);
    const read = async (skip = 0): Promise<Looked<Buffer, number>> => {
      const { rows } = await own.ask(
        `select distinct ${bytes} as message ${of} and locate(?, ${bytes}) > 0 limit ? offset ?`,
        [Buffer.from(part), COPIES_AT_ONCE, skip],
      );
      const found = rows.map((row) => row.message).filter(Buffer.isBuffer);
      return { found, next: rows.length < COPIES_AT_ONCE ? undefined : skip + COPIES_AT_ONCE };
    };
    const found = await lookThrough(read, (text) => isIt(textOf(text)));
    for (const some of chunks(found ?? [], own.mostBytes, ({ length }) => length))
      await remove(own, `delete ${of} and ${bytes} in (${some.map(() => '?')})`, some);
    return found !== undefined;
  };
  return {
    removeCopies: async (userids, part, isIt) => {
      let isAll = true;
      for (const some of chunks(userids, own.mostBytes)) isAll = (await removeOf(some, part, isIt)) && isAll;
      return isAll;
    },
  };
}

/** Locks only the rows that it deletes, where the server takes that. */
async function remove(db: Database, sql: string, values: readonly Buffer[]): Promise<void> {
  const work = async (ask: Ask) => {
    await ask(sql, values);
    return true;
  };
  if (!(await removeIf(db, work))) await db.ask(sql, values);
}
