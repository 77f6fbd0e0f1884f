import t, { type Test } from 'tap';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { loginInOneRead } from '../harness/reading-client.js';
import { startServer } from '../harness/server.js';
import type { Row, Tables } from '../harness/tables.js';
import { User } from '../harness/user.js';

const USERS = 60;
const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const user: Row[] = ids(USERS).map((id) => ({
  id,
  name: `the user ${id}`,
  password: 'pw',
  state: 'offline',
}));
const friends = (count: number): Row[] => ids(count).map((friendid) => ({ userid: 1, friendid }));
const groups = (...sizes: number[]): Partial<Tables> => ({
  allgroup: sizes.map((_, n) => ({ id: n + 1, groupname: `group ${n + 1}`, groupdesc: 'of many' })),
  groupuser: sizes.flatMap((size, n) =>
    ids(size).map((userid) => ({ groupid: n + 1, userid, grouprole: 'normal' })),
  ),
});

/** A server of ours whose database has these rows, and 60 users. */
async function start(t: Test, tables: Partial<Tables>, ...options: string[]) {
  const folder = newFolder();
  const server = await startServer(['--data', `${folder.path}/chat.db`, ...options]);
  const database = openEmbedded(`${folder.path}/chat.db`);
  await database.seed({ user, ...tables });
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    await database.close();
    folder.remove();
  });
  return server;
}

interface Found {
  readonly friends: number;
  readonly members: readonly number[];
}

const crowds: [what: string, tables: Partial<Tables>, found: Found][] = [
  ['10 friends', { friend: friends(10) }, { friends: 10, members: [] }],
  ['60 friends', { friend: friends(60) }, { friends: 16, members: [] }],
  ['a group of 60', groups(60), { friends: 0, members: [8] }],
  ['groups of 2, 60 and 30', groups(2, 60, 30), { friends: 0, members: [2, 2, 2] }],
  ['8 friends and a group of 60', { friend: friends(8), ...groups(60) }, { friends: 8, members: [3] }],
  ['16 friends and a group', { friend: friends(16), ...groups(3) }, { friends: 16, members: [] }],
];
for (const [what, tables, { friends, members }] of crowds)
  t.test(`DIFFERENCES 22: with ${what} the original client reads its login reply at once`, async (t) => {
    const server = await start(t, tables);
    const reply = await loginInOneRead(server.port, 1);
    t.equal(reply.friends.length, friends);
    t.same(
      reply.groups.map((group: { users: unknown[] }) => group.users.length),
      members,
    );
  });

t.test('DIFFERENCES 22: who is left out is chatted with all the same, and it is logged once', async (t) => {
  const server = await start(t, { friend: friends(60), ...groups(60) });
  for (let n = 0; n < 2; n++) {
    const one = await User.online(server, 1);
    const last = await User.online(server, 60);
    await one.chat(1, 60, 'hello');
    t.equal((await last.hear()).msg, 'hello');
    await last.groupChat(60, 1, 'to all');
    t.equal((await one.hear()).msg, 'to all');
    for (const user of [one, last]) {
      await user.say({ id: user === one ? 1 : 60, msgid: 3 });
      await user.settle();
      await user.close();
    }
  }
  const lines = server.child.log.split('\n').filter((line) => line.includes('lists are left out'));
  t.same(
    lines.map((line) => JSON.parse(line)).map(({ userid, leftOut }) => ({ userid, leftOut })),
    [
      { userid: 1, leftOut: { friends: 44, groups: 1, members: 0 } },
      { userid: 60, leftOut: { friends: 0, groups: 0, members: 52 } },
    ],
  );
});

t.test('DIFFERENCES 22: another buffer, and none', async (t) => {
  const tables = { friend: friends(60) };
  const large = await start(t, tables, '--client-buffer', '2048');
  t.equal((await loginInOneRead(large.port, 1, 2048)).friends.length, 32);
  for (const option of ['--client-buffer', '--pace']) {
    const any = await start(t, tables, option, '0');
    t.equal((await (await User.connect(any)).login(1)).friends.length, 60, `${option} 0`);
  }
  const small = await start(t, tables);
  await t.rejects(loginInOneRead(small.port, 1, 512), 'the model reads no more than its buffer');
});
