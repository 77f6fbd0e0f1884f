import type { Friend, Group } from '../store/store.js';

/** The lists of a login reply. */
export interface Lists {
  readonly friends?: readonly Friend[];
  readonly groups?: readonly Group[];
}

type SizeOf = (lists: Lists) => number;

/**
 * Leaves out of the lists of a reply as little as makes it fit (DIFFERENCES 22): members of the largest groups
 * first, then groups from the end, then friends from the end. Lists that do not fit even so are left empty. The bytes
 * written to find that out are a few times as long as the reply, however long the lists are.
 *
 * @param sizeOf how long the reply is with these lists, in bytes
 * @param room how long it may be, in bytes
 */
export function fit(lists: Lists, sizeOf: SizeOf, room: number): Lists {
  const { friends = [], groups = [] } = lists;
  const count = membersOf(groups);
  // Short lists, as nearly all are, are written once: to find out what is listed takes five times more.
  if (least(lists, EVERYTHING) <= room && sizeOf(lists) <= room) return lists;
  const listed = whatIsListed(lists, sizeOf);
  const fits = (some: Lists) => least(some, listed) <= room && sizeOf(some) <= room;
  if (fits(lists)) return lists;
  // A list that the reply does not have does not come into it either.
  const having = (some: Lists): Lists => ({
    ...(lists.friends && { friends: some.friends ?? friends }),
    ...(lists.groups && { groups: some.groups ?? groups }),
  });
  const bare = listed.members ? groups.map((group) => ({ ...group, users: [] })) : groups;
  if (fits(having({ groups: bare })))
    return most(count, (kept) => having({ groups: withMembers(groups, kept) }), fits);
  if (fits(having({ groups: [] })))
    return most(groups.length, (kept) => having({ groups: bare.slice(0, kept) }), fits);
  return most(friends.length, (kept) => having({ friends: friends.slice(0, kept), groups: [] }), fits);
}

/** How many friends, groups, and members of the groups that are there, were left out. */
export function leftOut(all: Lists, kept: Lists) {
  const groups = kept.groups ?? [];
  const same = (all.groups ?? []).slice(0, groups.length);
  return {
    friends: (all.friends?.length ?? 0) - (kept.friends?.length ?? 0),
    groups: (all.groups?.length ?? 0) - groups.length,
    members: membersOf(same) - membersOf(groups),
  };
}

/** The lists that stand in the reply item by item: leaving items out of any other list gains nothing. */
interface Listed {
  readonly friends: boolean;
  readonly groups: boolean;
  readonly members: boolean;
}

/** The reply is tried with this many items to see how it writes them. */
const SAMPLE = 16;

function whatIsListed({ friends = [], groups = [] }: Lists, sizeOf: SizeOf): Listed {
  const none = sizeOf({ friends: [], groups: [] });
  const some = groups.slice(0, SAMPLE).map((group) => ({ ...group, users: [] }));
  const crowd = groups.find(({ users }) => users.length > 0);
  const users = crowd?.users.slice(0, SAMPLE) ?? [];
  const sizeWith = (count: number) =>
    crowd === undefined ? 0 : sizeOf({ friends: [], groups: [{ ...crowd, users: users.slice(0, count) }] });
  const friendsSample = friends.slice(0, SAMPLE);
  return {
    friends: isListed(sizeOf({ friends: friendsSample, groups: [] }) - none, friendsSample.length),
    groups: isListed(sizeOf({ friends: [], groups: some }) - none, some.length),
    members: isListed(sizeWith(SAMPLE) - sizeWith(0), users.length),
  };
}

function isListed(bytes: number, items: number): boolean {
  return items > 0 && bytes >= LEAST * items;
}

const EVERYTHING: Listed = { friends: true, groups: true, members: true };

/** The fewest bytes of an item in a list: two brackets, or a digit and a comma. */
const LEAST = 2;

/** With this many items or more in a list no reply fits: to read more than these is of no use. */
export function mostItems(room: number): number {
  return Math.ceil(room / LEAST) + 1;
}

/** No reply with these lists is shorter, in bytes. A list that is many times too long is not written to see that. */
function least({ friends = [], groups = [] }: Lists, listed: Listed): number {
  const items =
    (listed.friends ? friends.length : 0) +
    (listed.groups ? groups.length : 0) +
    (listed.members ? membersOf(groups) : 0);
  return LEAST * items;
}

function membersOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { users }) => sum + users.length, 0);
}

/** The groups with `kept` members in all: none has two more than another one that has lost some. */
function withMembers(groups: readonly Group[], kept: number): Group[] {
  let rest = kept;
  // Sizes above all that are kept count as equal: a group may have been read so far only.
  const sizeUpTo = (index: number) => Math.min(sizeAt(groups, index), kept);
  const smallestFirst = [...groups.keys()].sort((a, b) => sizeUpTo(a) - sizeUpTo(b) || a - b);
  const sizes = new Map<number, number>();
  for (const [n, index] of smallestFirst.entries()) {
    // The later groups share the rest evenly; the first of equal ones get the remainder.
    const share = Math.ceil(rest / (groups.length - n));
    const size = Math.min(sizeAt(groups, index), share);
    sizes.set(index, size);
    rest -= size;
  }
  return groups.map((group, index) => ({ ...group, users: group.users.slice(0, sizes.get(index)) }));
}

function sizeAt(groups: readonly Group[], index: number): number {
  return groups[index]?.users.length ?? 0;
}

/** The result of `make` for the largest number that fits; for 0 when none does. */
function most(largest: number, make: (kept: number) => Lists, fits: (lists: Lists) => boolean): Lists {
  let low = 0;
  let high = largest;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(make(middle))) low = middle;
    else high = middle - 1;
  }
  return make(low);
}
