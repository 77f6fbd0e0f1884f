import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Test } from 'tap';
import t from 'tap';
import { openRoom } from '../../compat-tests/harness/room.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { Message } from '../protocol/message.js';
import type { Group } from '../store/store.js';
import { groupsFor, pack } from './welcome.js';

function groupsOf(sizes: readonly number[]): Group[] {
  return sizes.map((size, n) => ({
    id: n + 1,
    groupname: `group ${n}`,
    groupdesc: '',
    users: Array.from({ length: size }, (_, i) => {
      return { id: i + 1, name: `user ${i}`, state: 'offline', role: 'normal' } as const;
    }),
  }));
}

/** A room whose user 1 is in groups of the sizes that are set; it counts the members that are read. */
async function crowded(t: Test) {
  const seen = { groups: [] as Group[], members: 0 };
  const chat = await openRoom(t, {
    before: () => ({
      groups: async (_, most = Number.POSITIVE_INFINITY) => {
        const groups = seen.groups.map((group) => ({ ...group, users: group.users.slice(0, most) }));
        for (const { users } of groups) seen.members += users.length;
        return groups;
      },
    }),
  });
  return Object.assign(seen, { chat });
}

t.test('of 200 groups of 5,000 no member is read when not even the groups fit', async (t) => {
  const site = await crowded(t);
  site.groups = groupsOf(Array(200).fill(5000));
  const groups = await groupsFor(site.chat, 1, 1023);
  t.equal(groups.length, 200);
  t.equal(site.members, 0);
});

t.test('of a group of 5,000 no more members are read than a reply can list', async (t) => {
  const site = await crowded(t);
  site.groups = groupsOf([5000]);
  await groupsFor(site.chat, 1, 1023);
  t.ok(site.members > 0 && site.members <= 513, `${site.members} members`);
});

t.test('without a limit all members are read', async (t) => {
  const site = await crowded(t);
  site.groups = groupsOf([5000, 3]);
  await groupsFor(site.chat, 1, undefined);
  t.equal(site.members, 5003);
});

t.test('the reply is the same as if all members had been read', async (t) => {
  const site = await crowded(t);
  const { chat } = site;
  const request = new Message(Buffer.from('{}'), new ScannerPool([]).take(), chat.dialect.fields);
  const sizes = fc.array(fc.integer({ min: 0, max: 800 }), { maxLength: 12 });
  const rooms = fc.integer({ min: 100, max: 3000 });
  await fc.assert(
    fc.asyncProperty(sizes, rooms, async (sizes, room) => {
      site.groups = groupsOf(sizes);
      const reply = (groups: readonly Group[]) =>
        pack(chat, { id: 1, name: 'user 0', friends: [], groups, offlinemsg: [] }, request, room)
          .map(({ bytes }) => `${bytes}`)
          .join();
      assert.equal(reply(await groupsFor(chat, 1, room)), reply(site.groups));
    }),
  );
});
