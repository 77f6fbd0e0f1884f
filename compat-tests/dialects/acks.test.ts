import t from 'tap';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';
import { writeDialect } from './site.js';

t.setTimeout(600_000);

t.test('every request is answered where the dialect has a reply to it', async (t) => {
  const file = writeDialect({
    requests: { heartbeat: 11, refresh: 12, friendList: 13, groupList: 14 },
    replies: {
      ...{ chat: 106, addFriend: 107, createGroup: 108, joinGroup: 109, groupChat: 110, logout: 103 },
      ...{ heartbeat: 111, refresh: 112, friendList: 113, groupList: 114 },
    },
    verbs: { joinGroup: { results: { ok: { echo: { gid: 'groupid' }, constants: { note: 'welcome' } } } } },
  });
  t.teardown(() => file.remove());
  const site = await Site.embedded('--dialect', file.path);
  t.teardown(() => site.stop());
  const user = await User.connect(site.node(0));
  for (const name of ['one', 'two']) await user.register(name);
  await user.login(1);
  const asked: [Document, Document][] = [
    [{ msgid: 11 }, { msgid: 111, errno: 0 }],
    [
      { msgid: 7, friendid: 2 },
      { msgid: 107, errno: 0 },
    ],
    [
      { msgid: 8, groupname: 'g', groupdesc: 'd' },
      { msgid: 108, errno: 0, groupid: 1 },
    ],
    [
      { msgid: 8, groupname: 'g', groupdesc: 'taken' },
      { msgid: 108, errno: 1 },
    ],
    [
      { msgid: 9, groupid: 1 },
      { msgid: 109, errno: 0, gid: 1, note: 'welcome' },
    ],
    [
      { msgid: 6, toid: 2, msg: 'x' },
      { msgid: 106, errno: 0 },
    ],
    [
      { msgid: 10, groupid: 1, msg: 'x' },
      { msgid: 110, errno: 0 },
    ],
    [
      { msgid: 10, groupid: 99, msg: 'x' },
      { msgid: 110, errno: 1 },
    ],
    [{ msgid: 13 }, { msgid: 113, errno: 0, friends: ['{"id":2,"name":"two","state":"offline"}'] }],
    [{ msgid: 14 }, { msgid: 114, errno: 0, groups: [String] }],
    [{ msgid: 12 }, { msgid: 112, errno: 0, id: 1, name: 'one', friends: [String], groups: [String] }],
    [{ msgid: 3 }, { msgid: 103, errno: 0 }],
    [{ msgid: 3 }, { msgid: 103, errno: 1 }],
  ];
  for (const [request, reply] of asked) {
    await user.say(request);
    t.match(await user.hear(), reply, JSON.stringify(request));
  }
});
