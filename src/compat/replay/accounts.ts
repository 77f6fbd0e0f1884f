import type { Account } from '../account.js';
import type { Ids } from '../ids.js';
import { withIds } from '../ids.js';
import type { Person } from '../person.js';
import type { World } from '../world.js';
import type { Scenario, Step } from './scenario.js';

/** A recording as it is done with accounts that the tool has made. */
export interface Cast {
  readonly scenario: Scenario;
  /** Logs in as a user of the recording and out again, as soon as the server lets it. */
  gone(ids: readonly number[]): Promise<void>;
}

/**
 * Whether the rows before a recording can be made by a client: accounts that are offline, friends and groups without
 * doubles, no stored messages, and ids of users and groups that cannot be taken for each other.
 */
export function canBeMade({ before, steps }: Scenario): boolean {
  const { user, friend, allgroup, groupuser, offlinemessage } = before;
  const distinct = (rows: readonly object[]) => new Set(rows.map((row) => JSON.stringify(row))).size;
  const ids = [...user, ...allgroup].map(({ id }) => id);
  return (
    user.length > 0 &&
    user.every(({ state }) => state === 'offline') &&
    offlinemessage.length === 0 &&
    distinct(friend) === friend.length &&
    distinct(groupuser) === groupuser.length &&
    new Set(ids).size === ids.length &&
    steps.every((step) => step.do !== 'sigint' && !registers(step))
  );
}

/** A registration, or a new group, gives out an id that nobody can choose, and takes a name that is taken the next time. */
function registers(step: Step): boolean {
  return step.do === 'send' && /"msgid":\s*[48]\b/.test(String(step.bytes));
}

/** The rows before a recording. */
type Before = Pick<Scenario, 'name' | 'before'>;

/** The rows before a recording, as a client has made them. */
export interface Made {
  /** The server's ids by those of the recording. */
  readonly users: Map<number, number>;
  readonly groups: Map<number, number>;
  /** The names of accounts and groups, by those of the recording. */
  readonly names: Map<string, string>;
  readonly accounts: readonly Account[];
}

/**
 * The users of a recording in an order in which each list of friends and of members has ascending ids: databases list
 * them as they were added, or by their ids, as they please.
 */
function inOrderOfLists({ before: { user, friend, groupuser } }: Before): Scenario['before']['user'] {
  const pairs = [...neighbours(friend, 'userid', 'friendid'), ...neighbours(groupuser, 'groupid', 'userid')];
  const left = [...user];
  const ordered: typeof left = [];
  while (left.length > 0) {
    const isFree = ({ id }: (typeof left)[number]) =>
      !pairs.some(([before, after]) => after === id && left.some((row) => row.id === before));
    const at = left.findIndex(isFree);
    ordered.push(...left.splice(Math.max(0, at), 1));
  }
  return ordered;
}

/** The neighbours in lists of rows, one list for each value of a column. */
function neighbours(rows: readonly Readonly<Record<string, unknown>>[], list: string, item: string) {
  return rows.flatMap((row, at) => {
    const next = rows.slice(at + 1).find((other) => other[list] === row[list]);
    return next === undefined ? [] : [[row[item], next[item]] as const];
  });
}

/** Makes the rows before a recording as a client does, and puts their ids and names into it. */
export async function cast(world: World, recorded: Scenario): Promise<Cast> {
  const { users, groups, names, accounts } = await make(world, recorded);
  return {
    scenario: renamed(recorded, { users, groups }, names),
    gone: async (ids) => {
      for (const account of accounts) if (ids.includes(account.id)) await world.gone(account);
    },
  };
}

/** Makes the rows before a recording as a client does: accounts, friends and groups. */
export async function make(world: World, recorded: Before): Promise<Made> {
  const { friend, allgroup, groupuser } = recorded.before;
  const people = new Map<number, Person>();
  const names = new Map<string, string>();
  for (const row of inOrderOfLists(recorded)) {
    const person = await world.person(undefined, await world.register(String(row.password)));
    people.set(Number(row.id), person);
    names.set(String(row.name), person.account.name);
  }
  const of = (id: unknown): Person => {
    const person = people.get(Number(id));
    if (person === undefined) throw new Error(`the recording ${recorded.name} has no user ${id}`);
    return person;
  };
  for (const row of friend) {
    await of(row.userid).tell('addFriend', { friendid: of(row.friendid).id });
    await of(row.userid).settle();
  }
  const groups = new Map<number, number>();
  for (const row of allgroup) {
    const members = groupuser.filter(({ groupid }) => groupid === row.id).map(({ userid }) => of(userid));
    const [creator, ...others] = members;
    if (creator === undefined) throw new Error(`the recording ${recorded.name} has a group of nobody`);
    const groupname = world.freshName();
    names.set(String(row.groupname), groupname);
    groups.set(Number(row.id), await world.group(creator, others, groupname, String(row.groupdesc)));
  }
  for (const person of people.values()) {
    await person.logOut();
    await person.close();
    // The account's next user would see messages that the recording leaves stored.
    person.isClean = false;
  }
  const users = new Map([...people].map(([id, person]) => [id, person.id]));
  return { users, groups, names, accounts: [...people.values()].map(({ account }) => account) };
}

/** A recording with other ids and names in all that is sent and received; what its tables hold is left out. */
function renamed(recorded: Scenario, ids: Ids, names: ReadonlyMap<string, string>): Scenario {
  const change = (bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> => {
    // Bytes that are no UTF-8 stay as they are.
    if (!Buffer.from(String(bytes)).equals(bytes)) return bytes;
    let text = withIds(String(bytes), ids);
    for (const [name, other] of names) text = text.replaceAll(name, other);
    return Buffer.from(text);
  };
  const steps = recorded.steps.flatMap((step): Step[] => {
    if (step.do === 'expect-db') return [];
    if (!('received' in step)) return [step];
    const received = Object.fromEntries(
      Object.entries(step.received).map(([conn, items]) => [
        conn,
        items.map((item) => (item === 'EOF' ? item : change(item))),
      ]),
    );
    return [step.do === 'send' ? { ...step, bytes: change(step.bytes), received } : { ...step, received }];
  });
  return { ...recorded, steps };
}
