import t, { type Test } from 'tap';
import { writeDialect } from '../dialects/site.js';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';

t.setTimeout(600_000);

/** The site of the tests of all dialects: users 1 (victim), 2 (attacker), 3 (reader), and a group of all. */
async function site(test: Test, dialect: string | Document) {
  const file = typeof dialect === 'string' ? undefined : writeDialect(dialect);
  const nodes = await Site.embedded('--dialect', file?.path ?? String(dialect), '--pace', '0');
  test.teardown(async () => {
    await nodes.stop();
    file?.remove();
  });
  const user = (id: number, name: string) => ({ id, name, password: 'pw', state: 'offline' });
  await nodes.database.seed({
    user: [user(1, 'victim'), user(2, 'attacker'), user(3, 'reader')],
    allgroup: [{ id: 1, groupname: 'g', groupdesc: '' }],
    groupuser: [1, 2, 3].map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
  });
  return nodes;
}

/** Logs in as a dialect with its own names does. */
async function online(nodes: Site, login: Document): Promise<User> {
  const user = await User.connect(nodes.node(0));
  await user.say(login);
  const reply = await user.hear();
  if (reply.errno !== 0) throw new Error(JSON.stringify(reply));
  return user;
}

interface Case {
  readonly dialect: string | Document;
  /** The members of a login, beside the id. */
  readonly login: (id: number) => Document;
  /** Messages that count, and messages that do not; each is sent to user 3 or to group 1. */
  readonly good: readonly Document[];
  readonly bad: readonly Document[];
}

const login = (id: number) => ({ id, msgid: 1, password: 'pw' });
const chat = { msgid: 6, toid: 3 };
const group = { msgid: 10, groupid: 1 };

const CASES: Readonly<Record<string, Case>> = {
  'two names for the id': {
    dialect: { requestFields: { id: ['id', 'userid'] }, absentId: 'refused' },
    login,
    good: [
      { ...group, id: 2 },
      { ...group, userid: 2 },
      { ...group, id: 2, userid: 2 },
      { ...chat, id: 2, userid: 2, from: 1 },
    ],
    bad: [
      { ...group, id: 2, userid: 1 },
      { ...group, id: 1, userid: 2 },
      { ...chat, id: 2, userid: 1 },
      { ...chat, id: 2, userid: 1.5 },
      { ...chat, id: 2, userid: 4294967297 },
      { ...chat, id: 2, userid: true },
      { ...chat, id: 2, userid: '2' },
      { ...chat, id: 2, userid: null },
      { ...chat, id: 2, userid: [1] },
    ],
  },
  'another name for the id in another request': {
    dialect: 'distributed-chat-servers',
    login: (uid) => ({ uid, msgId: 1, password: 'pw' }),
    good: [
      { msgId: 9, from: 2, to: 3 },
      { msgId: 13, uid: 2, gid: 1 },
      { msgId: 13, uid: 2, from: 2, gid: 1 },
    ],
    bad: [
      { msgId: 9, from: 2, uid: 1, to: 3 },
      { msgId: 13, uid: 2, from: 1, gid: 1 },
      { msgId: 13, from: 1, gid: 1 },
    ],
  },
  'no id at all': {
    dialect: { requestFields: { toid: 'userid' } },
    login,
    good: [
      { ...group },
      { ...group, name: 'attacker', from: 2 },
      { ...group, name: '' },
      { ...group, from: 'attacker' },
      { ...group, sender: '2' },
      { msgid: 6, userid: 3, name: 'attacker' },
      { msgid: 6, userid: 3, id: 2, name: 'a nickname' },
    ],
    bad: [
      ...['from', 'fromid', 'from_id', 'fromId', 'uid', 'user_id', 'sender', 'Sender', 'myid'].map(
        (name) => ({
          ...group,
          [name]: 1,
        }),
      ),
      { ...group, id: 2, from: 1 },
      { ...group, id: 2, from: 'victim' },
      { ...group, name: 'victim' },
      { ...group, username: 'victim' },
      { ...group, sender: '1' },
      { ...group, user: { id: 1 } },
    ],
  },
};

for (const [name, { dialect, login, good, bad }] of Object.entries(CASES))
  t.test(`nobody writes in the name of another: ${name}`, async (t) => {
    const nodes = await site(t, dialect);
    const attacker = await online(nodes, login(2));
    const reader = await online(nodes, login(3));
    const end = { ...(good[0] as Document), msg: 'end' };
    for (const [n, document] of good.entries()) await attacker.say({ ...document, msg: `good ${n}` });
    for (const [n, document] of bad.entries()) await attacker.say({ ...document, msg: `bad ${n}` });
    await attacker.say(end);
    const heard: string[] = [];
    for (let msg = ''; msg !== 'end'; ) {
      msg = (await reader.hear()).msg;
      heard.push(msg);
    }
    t.same(heard, [...good.map((_, n) => `good ${n}`), 'end']);
  });

t.test('who is asked for a friendship agrees in the name of nobody else', async (t) => {
  const nodes = await site(t, {
    requestFields: { id: ['id', 'uid'] },
    requests: { friendAgree: 20 },
    replies: { friendAgree: 21 },
    verbs: { friendAgree: { relay: true } },
  });
  const attacker = await online(nodes, login(2));
  const reader = await online(nodes, login(3));
  await attacker.say({ msgid: 20, id: 3, uid: 1, friendid: 2 });
  t.match(await attacker.hear(), { msgid: 21, errno: 1 });
  await attacker.say({ msgid: 20, id: 3, uid: 3, friendid: 2, from: 2 });
  t.match(await attacker.hear(), { msgid: 21, errno: 0 });
  t.match(await reader.hear(), { msgid: 20, uid: 3 });
});
