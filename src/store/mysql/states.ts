import { ALONE, join } from '../join.js';
import type { UserState } from '../store.js';
import type { Database } from './database.js';
import type { Row } from './link.js';
import { mostInts, together, withList } from './together.js';
import type { Speaker } from './watch.js';

/** Whether an account of the table `a` is online; NULL is offline. To be read with stateOf. */
export function online({ names: { user } }: Database): string {
  return `a.${user.state} = 'online' as online`;
}

/** The state of a row that was selected with `online`. */
export function stateOf(row: Row): UserState {
  return row.online === 1 ? 'online' : 'offline';
}

interface Change {
  readonly id: number;
  readonly state: UserState;
}

type Answer = boolean | typeof ALONE;

/** Also one alone is not to keep those who come after it waiting. */
const SEVERAL = 2;

/** How many connections set states one by one, on a server that cannot do it in another way. */
const LANES = 4;

/** A small table is searched row by row otherwise, and all that is searched is locked. */
const BY_KEY = 'force index (primary)';

/** Locks accounts, and passes over those that others have locked. */
export function locking(db: Database, ids: readonly number[]): string {
  const { table, id } = db.names.user;
  const from = `${table} a ${BY_KEY} where ${id} in (?) for update skip locked`;
  return withList(`select ${id} as id, ${online(db)} from ${from}`, ids);
}

/**
 * Sets the states of accounts; each call resolves with true when it changed the state. All that wait go into one
 * transaction, which passes over rows that others have locked: only those who want these wait for them.
 *
 * @param joined whether the server understands `locking`
 */
export function states(db: Database, joined: boolean): (change: Change) => Promise<boolean> {
  return join<Change, boolean>({
    lanes: joined ? 1 : LANES,
    most: () => mostInts(db),
    together: async (changes, since) => {
      if (!joined) return changes.map(() => ALONE);
      return await db.session((link) => setTogether(db, link, changes), since);
    },
    alone: ({ id, state }, since) =>
      db.session(async ({ ask }) => {
        const { table, id: key, state: column } = db.names.user;
        const which = `where ${key} = ? and not (${column} <=> ?)`;
        const set = `update ${table} ${joined ? BY_KEY : ''} set ${column} = ? ${which}`;
        return (await ask(set, [state, id, state])).affected === 1;
      }, since),
  });
}

async function setTogether(db: Database, link: Speaker, changes: readonly Change[]): Promise<Answer[]> {
  const ids = [...new Set(changes.map(({ id }) => id))].sort((a, b) => a - b);
  try {
    const begun = await together(db, link, ['start transaction', locking(db, ids)], SEVERAL);
    if (begun === undefined) return await giveUp(link, changes);
    const before = new Map(begun[1]?.rows.map((row) => [Number(row.id), stateOf(row)]));
    const { after, answers } = apply(changes, before);
    await link.askAll([...updates(db, before, after), 'commit']);
    return answers;
  } catch (error) {
    await giveUp(link, changes);
    throw error;
  }
}

async function giveUp(link: Speaker, changes: readonly Change[]): Promise<Answer[]> {
  await link.ask('rollback').catch(() => {});
  return changes.map(() => ALONE);
}

type States = ReadonlyMap<number, UserState>;

/** The states after all changes, in their order, and whether each changed one; rows that are not there go alone. */
function apply(changes: readonly Change[], before: States) {
  const after = new Map(before);
  const answers = changes.map(({ id, state }): Answer => {
    const was = after.get(id);
    if (was === undefined) return ALONE;
    after.set(id, state);
    return was !== state;
  });
  return { after, answers };
}

function updates({ names }: Database, before: States, after: States): string[] {
  const { table, id: key, state: column } = names.user;
  return (['online', 'offline'] as const).flatMap((state) => {
    const ids = [...after].filter(([id, is]) => is === state && before.get(id) !== state).map(([id]) => id);
    if (ids.length === 0) return [];
    return [withList(`update ${table} ${BY_KEY} set ${column} = '${state}' where ${key} in (?)`, ids)];
  });
}
