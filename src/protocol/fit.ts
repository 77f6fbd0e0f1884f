import type { Friend, Group } from '../store/store.js';

/** The lists of a login reply. */
export interface Lists {
  readonly friends?: readonly Friend[];
  readonly groups?: readonly Group[];
}

type SizeOf = (lists: Lists) => number;

/**
 * Leaves out of the lists of a reply as little as makes it fit (DIFFERENCES 22): members of the largest groups
 * first, then groups from the end, then friends from the end. What does not fit even so is left empty.
 *
 * @param sizeOf how long the reply is with these lists, in bytes
 * @param room how long it may be, in bytes
 */
export function fit(lists: Lists, sizeOf: SizeOf, room: number): Lists {
  const fits = (some: Lists) => sizeOf(some) <= room;
  if (fits(lists)) return lists;
  const { friends = [], groups = [] } = lists;
  // A list that the reply does not have does not come into it either.
  const listed = (some: Lists): Lists => ({
    ...(lists.friends && { friends: some.friends ?? friends }),
    ...(lists.groups && { groups: some.groups ?? groups }),
  });
  const count = groups.reduce((sum, { users }) => sum + users.length, 0);
  const bare = areListed(lists, count, sizeOf) ? withMembers(groups, 0) : groups;
  if (fits(listed({ groups: bare })))
    return most(count, (kept) => listed({ groups: withMembers(groups, kept) }), fits);
  if (fits(listed({ groups: [] })))
    return most(groups.length, (kept) => listed({ groups: bare.slice(0, kept) }), fits);
  return most(friends.length, (kept) => listed({ friends: friends.slice(0, kept), groups: [] }), fits);
}

/** How many friends, groups, and members of the groups that are there, were left out. */
export function leftOut(all: Lists, kept: Lists) {
  const groups = kept.groups ?? [];
  const members = (some: readonly Group[]) => some.reduce((sum, { users }) => sum + users.length, 0);
  const same = (all.groups ?? []).slice(0, groups.length);
  return {
    friends: (all.friends?.length ?? 0) - (kept.friends?.length ?? 0),
    groups: (all.groups?.length ?? 0) - groups.length,
    members: members(same) - members(groups),
  };
}

/** Whether members stand in the reply one by one: else nothing is gained by leaving them out. */
function areListed(lists: Lists, count: number, sizeOf: SizeOf): boolean {
  const without = { ...lists, ...(lists.groups && { groups: withMembers(lists.groups, 0) }) };
  return sizeOf(lists) - sizeOf(without) >= 2 * count;
}

/** The groups with so many members in all: none has two more than another one that has lost some. */
function withMembers(groups: readonly Group[], kept: number): Group[] {
  let rest = kept;
  const smallestFirst = [...groups.keys()].sort((a, b) => sizeAt(groups, a) - sizeAt(groups, b) || a - b);
  const sizes = new Map<number, number>();
  for (const [n, index] of smallestFirst.entries()) {
    // The later ones share what is left evenly; the first of equal ones get what cannot be shared.
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

/** What is made with the largest number that fits; with 0 when none does. */
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
