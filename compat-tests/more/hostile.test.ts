import t from 'tap';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';

t.setTimeout(600_000);

const SECRET = 'S3CRET';

/** Values in the place of a field: none may end the server, or be understood as something else. */
const VALUES: readonly string[] = [
  ...['null', 'true', '[]', '{}', '[[[[]]]]', '0', '-1', '1.5', '1e300', '-2147483648', '4294967297'],
  ...[
    '18446744073709551615',
    '1e999',
    '""',
    `"${SECRET}"`,
    `"${SECRET}' or '1'='1"`,
    '"\\u0000"',
    '"\\ud800"',
  ],
  ...['"你好"', `"${SECRET.repeat(300)}"`],
];

/** Each request with what it reads, as it would be right but that user 1 has nothing to give. */
const REQUESTS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  101: { tell: '[]' },
  103: {},
  105: { id: '1', friendid: '2' },
  107: { id: '1', groupid: '7' },
  109: { id: '1', groupid: '7' },
  111: { id: '1', groupid: '7' },
  113: { id: '1', groupid: '7', groupname: '"mine"' },
  115: { id: '1', toid: '2', toname: '"two"' },
  117: { id: '1', password: `"${SECRET}"`, newpassword: `"${SECRET}"` },
  123: { id: '1', number: '1' },
  131: { id: '1', toid: '2', before: '5', from: '0', most: '3' },
  141: { id: '1' },
  143: { id: '1', friendid: '2' },
  145: { id: '1', friendid: '2' },
  133: { id: '1', groupid: '7', text: '"some"', since: '0', until: '5', most: '3' },
};

t.test('no field of any request harms; each is answered with its own number, or dropped', async (t) => {
  const site = await Site.embedded(
    '--login-failures',
    '0',
    '--pace',
    '0',
    '--log-level',
    'trace',
    '--friend-requests',
    '--history',
    '1',
  );
  t.teardown(() => site.stop());
  await site.database.seed({
    user: [1, 2].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
    allgroup: [{ id: 7, groupname: 'theirs', groupdesc: '' }],
    groupuser: [{ groupid: 7, userid: 2, grouprole: 'creator' }],
    friend: [{ userid: 2, friendid: 1 }],
  });
  const [user, other] = [await User.online(site.node(0), 1), await User.online(site.node(0), 2)];
  const before = await site.database.rows();
  for (const [number, right] of Object.entries(REQUESTS)) {
    for (const field of [...Object.keys(right), 'seq']) {
      for (const value of VALUES) {
        const fields = Object.entries({ ...right, [field]: value, msgid: number });
        await user.say(`{${fields.map(([name, text]) => `${JSON.stringify(name)}:${text}`)}}\0`);
      }
    }
    const answers = await user.settle();
    t.ok(answers.length > 0, `${number} is answered`);
    t.same(
      answers.filter((answer) => !isAnswer(answer, Number(number))),
      [],
      number,
    );
  }
  t.same(await other.settle(), [], 'nobody else hears of it');
  t.same(await site.database.rows(), before, 'and nothing is changed');
  t.notMatch(site.node(0).child.log, new RegExp(SECRET), 'no text and no password is in the log');
  await Promise.all([user.close(), other.close()]);
});

function isAnswer({ msgid, errno, errmsg }: Document, number: number): boolean {
  return msgid === number + 1 && (errno === 0 || (errno === 1 && typeof errmsg === 'string'));
}

t.test(
  'who is believed without a login (--trust-client-ids) neither reads nor changes what is another’s',
  async (t) => {
    const site = await Site.embedded(
      '--pace',
      '0',
      '--trust-client-ids',
      '--friend-requests',
      '--history',
      '1',
    );
    t.teardown(() => site.stop());
    await site.database.seed({
      user: [1, 2].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
      allgroup: [{ id: 7, groupname: 'theirs', groupdesc: '' }],
      groupuser: [{ groupid: 7, userid: 1, grouprole: 'creator' }],
      friend: [{ userid: 1, friendid: 2 }],
    });
    const [user, stranger] = [await User.online(site.node(0), 1), await User.connect(site.node(0))];
    const before = await site.database.rows();
    await stranger.chat(1, 1, 'the original believes this');
    await stranger.settle();
    t.match(await user.hear(), { msg: 'the original believes this' });
    for (const number of Object.keys(REQUESTS).map(Number)) {
      if (number <= 103) continue;
      const fields = {
        117: { password: 'pw', newpassword: 'mine' },
        131: { toid: 2 },
        133: { toid: 2, text: 'be' },
      };
      const more = number in fields ? fields[number as keyof typeof fields] : { groupid: 7, friendid: 2 };
      await stranger.say({ ...more, groupname: 'mine', id: 1, msgid: number, number: 1 });
      t.match(await stranger.hear(), { msgid: number + 1, errno: 1, errmsg: 'not logged in as the sender' });
    }
    t.same(await site.database.rows(), before);
    await Promise.all([user.close(), stranger.close()]);
  },
);
