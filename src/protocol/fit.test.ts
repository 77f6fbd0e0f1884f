import fc from 'fast-check';
import t from 'tap';
import type { Friend, Group, GroupUser } from '../store/store.js';
import { fit, type Lists, leftOut } from './fit.js';

const friend = (id: number): Friend => ({ id, name: `u${id}`, state: 'offline' });
const member = (id: number): GroupUser => ({ ...friend(id), role: 'normal' });
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const group = (id: number, size: number): Group => ({
  id,
  groupname: `g${id}`,
  groupdesc: '',
  users: upTo(size).map(member),
});
const sizeOf = (lists: Lists) => JSON.stringify(lists).length;
const sizes = ({ groups = [] }: Lists) => groups.map(({ users }) => users.length);

t.test('lists that fit stay as they are', async (t) => {
  const lists = { friends: [friend(1)], groups: [group(1, 3)] };
  let written = 0;
  const counted = (some: Lists) => {
    written++;
    return sizeOf(some);
  };
  t.equal(fit(lists, counted, sizeOf(lists)), lists);
  t.equal(written, 1, 'and are written once to see that');
  t.same(leftOut(lists, lists), { friends: 0, groups: 0, members: 0 });
});

t.test('members of the largest groups are left out first', async (t) => {
  const lists = { friends: [friend(1)], groups: [group(1, 2), group(2, 40), group(3, 5), group(4, 40)] };
  const full = sizeOf(lists);
  t.same(sizes(fit(lists, sizeOf, full - 1)), [2, 40, 5, 39]);
  t.same(
    sizes(fit(lists, sizeOf, sizeOf({ ...lists, groups: [1, 2, 3, 4].map((id) => group(id, 2)) }))),
    [2, 2, 2, 2],
  );
  const none = fit(lists, sizeOf, sizeOf({ ...lists, groups: [1, 2, 3, 4].map((id) => group(id, 0)) }));
  t.same(sizes(none), [0, 0, 0, 0]);
  t.same(leftOut(lists, none), { friends: 0, groups: 0, members: 87 });
});

t.test('then groups, then friends, from the end', async (t) => {
  const lists = { friends: upTo(20).map(friend), groups: [group(1, 2), group(2, 40)] };
  const two = { friends: lists.friends, groups: [group(1, 0)] };
  t.same(fit(lists, sizeOf, sizeOf(two)), two);
  const none = { friends: lists.friends, groups: [] };
  t.same(fit(lists, sizeOf, sizeOf(none)), none);
  const few = { friends: upTo(7).map(friend), groups: [] };
  const kept = fit(lists, sizeOf, sizeOf(few));
  t.same(kept, few);
  t.same(leftOut(lists, kept), { friends: 13, groups: 2, members: 0 });
  t.same(fit(lists, sizeOf, 1), { friends: [], groups: [] }, 'nothing fits');
});

t.test('a list that is not asked for does not come into it', async (t) => {
  t.same(fit({ groups: [group(1, 2)] }, sizeOf, 1), { groups: [] });
  t.same(fit({ friends: [friend(1)] }, sizeOf, 1), { friends: [] });
});

t.test('members that are only counted stay counted', async (t) => {
  const counted = ({ groups = [] }: Lists) =>
    JSON.stringify(groups.map(({ id, users }) => [id, users.length])).length;
  const lists = { groups: [group(1, 12), group(2, 40), group(3, 7)] };
  t.same(sizes(fit(lists, counted, '[[1,12],[2,40]]'.length)), [12, 40]);
});

t.test('what is written to find out grows with the room, not with the lists', async (t) => {
  const long = upTo(5000).map(friend);
  const cases: readonly [name: string, lists: Lists][] = [
    ['one group of many', { friends: [friend(1)], groups: [group(1, 20_000)] }],
    ['many groups of many', { friends: [], groups: upTo(300).map((id) => group(id, 100)) }],
    ['many groups', { friends: [], groups: upTo(20_000).map((id) => group(id, 1)) }],
    ['many friends', { friends: long, groups: [group(1, 3)] }],
  ];
  for (const [name, lists] of cases) {
    let written = 0;
    const kept = fit(lists, (some) => {
      const size = sizeOf(some);
      written += size;
      return size;
    }, 1023);
    t.ok(sizeOf(kept) <= 1023, name);
    t.ok(written < 200_000, `${name}: ${written} bytes`);
  }
});

t.test('a list that the reply leaves out is left whole, however long it is', async (t) => {
  const lists = { friends: upTo(2000).map(friend), groups: [group(1, 2)] };
  const onlyGroups = ({ groups = [] }: Lists) => JSON.stringify(groups).length;
  t.equal(fit(lists, onlyGroups, 1023), lists);
  const long = { ...lists, groups: [group(1, 200)] };
  t.equal(fit(long, onlyGroups, 1023).friends?.length, 2000);
});

t.test('it always fits, nothing that would fit is left out, and what comes first is kept', async () => {
  const arbitrary = fc.record({
    friends: fc.integer({ min: 0, max: 30 }).map((count) => upTo(count).map(friend)),
    groups: fc
      .array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 })
      .map((counts) => counts.map((count, id) => group(id, count))),
  });
  fc.assert(
    fc.property(arbitrary, fc.integer({ min: 30, max: 3000 }), (lists, room) => {
      const kept = fit(lists, sizeOf, room);
      const { friends, groups, members } = leftOut(lists, kept);
      const max = Math.max(...sizes(kept), 0);
      const level = sizes(kept).every((size, n) => size === lists.groups[n]?.users.length || size >= max - 1);
      const inOrder = friends === 0 || (kept.groups?.length ?? 0) === 0;
      const onlyBare = groups === 0 || sizes(kept).every((size) => size === 0);
      const full = friends + groups + members === 0 || sizeOf(kept) > room - 200;
      return sizeOf(kept) <= room && level && inOrder && onlyBare && full;
    }),
  );
});
