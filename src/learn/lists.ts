import { textOf } from '../client/core/foreign.js';
import type { DialectFile } from '../dialect/file.js';
import type { Plain } from '../dialect/shapes.js';
import { ITEM_WORDS, isCalled, REPLY_WORDS } from '../dialect/words.js';

export type ListName = 'friends' | 'groups' | 'offlinemsg';
type Form = 'strings' | 'objects';

/** The users and groups of a session. */
export interface People {
  readonly groupnames: ReadonlySet<string>;
  readonly groupdescs: ReadonlySet<string>;
}

/** The list that an array in a reply is; undefined when nobody can tell. */
export function listCalled(name: string, value: readonly unknown[], typeKey: string): ListName | undefined {
  const [first] = objectsIn(value);
  if (first !== undefined && typeKey in first) return 'offlinemsg';
  const lists = ['offlinemsg', 'friends', 'groups'] as const;
  return lists.find((list) => isCalled(name, REPLY_WORDS[list]));
}

/** The items of a list, whether they are objects or strings that hold JSON. */
export function objectsIn(list: readonly unknown[]): Plain[] {
  return list.flatMap((item) => {
    const value = typeof item === 'string' ? parsed(item) : item;
    return typeof value === 'object' && value !== null ? [value as Plain] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The part of a dialect file about the lists in replies, as far as they were seen with something in them. */
export function learnLists(
  seen: ReadonlyMap<ListName, readonly (readonly unknown[])[]>,
  people: People,
): DialectFile {
  const all = (list: ListName) => (seen.get(list) ?? []).flat();
  const friends = all('friends');
  const groups = all('groups');
  const inGroups = objectsIn(groups).map((group) => ({ group, users: usersIn(group) }));
  const members = inGroups.flatMap(({ group, users }) => (users === undefined ? [] : listOf(group[users])));
  const people_ = [...objectsIn(friends), ...objectsIn(members)];
  const isCounted = inGroups.some(({ group, users }) => users && !Array.isArray(group[users]));
  const users = isCounted ? ('count' as const) : formOf(members);
  const forms = {
    friends: formOf(friends),
    groups: formOf(groups),
    users,
    offlinemsg: formOf(all('offlinemsg')),
  };
  return {
    lists: defined(forms),
    ...(friends.length > 0 && { friend: friendNames(objectsIn(friends)) }),
    ...(inGroups.length > 0 && { group: groupNames(inGroups, people) }),
    ...(members.length > 0 && { member: memberNames(objectsIn(members)) }),
    ...statesIn(people_),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function formOf(list: readonly unknown[]): Form | undefined {
  if (list.length === 0) return undefined;
  return list.some((item) => typeof item === 'object') ? 'objects' : 'strings';
}

/** Where the members of a group are: in a list, or as their number. */
function usersIn(group: Plain): string | undefined {
  const keys = Object.keys(group);
  const list = keys.find((key) => Array.isArray(group[key]));
  return list ?? keys.find((key) => Number.isInteger(group[key]) && /member|user|count|num/i.test(key));
}

function groupNames(inGroups: readonly { group: Plain; users: string | undefined }[], people: People) {
  const groups = inGroups.map(({ group }) => group);
  const find = (texts: ReadonlySet<string>, words: readonly string[], but?: string) =>
    keyWhere(groups, (key, value) => key !== but && texts.has(textOf(value))) ??
    keyWhere(groups, (key, value) => key !== but && typeof value === 'string' && isCalled(key, words));
  const users = inGroups[0]?.users;
  const groupname = find(people.groupnames, ITEM_WORDS.groupname);
  return {
    id: keyWhere(groups, (key, value) => key !== users && Number.isInteger(value)) ?? null,
    groupname: groupname ?? null,
    groupdesc: find(people.groupdescs, ITEM_WORDS.groupdesc, groupname) ?? null,
    users: users ?? null,
  };
}

function friendNames(friends: readonly Plain[]) {
  const state = stateKey(friends);
  return {
    id: keyWhere(friends, (key, value) => key !== state && Number.isInteger(value)) ?? null,
    name: keyWhere(friends, (key, value) => key !== state && typeof value === 'string') ?? null,
    state: state ?? null,
  };
}

function memberNames(members: readonly Plain[]) {
  const state = stateKey(members);
  const role =
    keyWhere(members, (key) => isCalled(key, ITEM_WORDS.role)) ??
    keyWhere(members, (_, value) => value === 'creator' || value === 'normal');
  const isOther = (key: string) => key !== state && key !== role;
  return {
    id: keyWhere(members, (key, value) => isOther(key) && Number.isInteger(value)) ?? null,
    name: keyWhere(members, (key, value) => isOther(key) && typeof value === 'string') ?? null,
    role: role ?? null,
    state: state ?? null,
  };
}

function stateKey(users: readonly Plain[]): string | undefined {
  return (
    keyWhere(users, (_, value) => value === 'online' || value === 'offline') ??
    keyWhere(users, (key) => isCalled(key, ITEM_WORDS.state))
  );
}

/** The values for online and offline, where they are no texts. */
function statesIn(users: readonly Plain[]): DialectFile {
  const key = stateKey(users);
  const values = new Set(key === undefined ? [] : users.map((user) => user[key]));
  if (values.has(true) || values.has(false)) return { states: { online: true, offline: false } };
  if (values.has(1) || values.has(0)) return { states: { online: 1, offline: 0 } };
  return {};
}

function keyWhere(
  items: readonly Plain[],
  isIt: (key: string, value: unknown) => boolean,
): string | undefined {
  for (const item of items) {
    const found = Object.entries(item).find(([key, value]) => isIt(key, value));
    if (found !== undefined) return found[0];
  }
  return undefined;
}

function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
