import t from 'tap';
import { alone } from './alone.js';
import { ask } from './site.js';

t.setTimeout(600_000);

t.test('a dialect gives other numbers and names, and null for what it does not want', async (t) => {
  const user = await alone(t, {
    requests: { lookUp: 40, deleteFriend: null },
    replies: { lookUp: 41 },
    requestFields: { friendid: 'fid', toid: 'to', toname: 'to' },
    replyFields: { errno: 'code', errmsg: 'why', id: 'uid', name: 'username' },
    states: { online: 1, offline: 0 },
  });
  t.same(await ask(user, { id: 1, msgid: 40, to: 'one' }), {
    ...{ code: 0, msgid: 41, state: 1, uid: 1, username: 'one' },
  });
  t.same(await ask(user, { id: 1, msgid: 40, to: 1 }), {
    ...{ code: 0, msgid: 41, state: 1, uid: 1, username: 'one' },
  });
  t.same(await ask(user, { id: 1, msgid: 40, to: 'nobody' }), { code: 1, msgid: 41, why: 'no such user' });
  const { can } = await ask(user, { msgid: 101 });
  t.ok(can.includes('lookUp') && !can.includes('deleteFriend'));
  await user.say({ id: 1, msgid: 105, fid: 1 });
  await user.say({ id: 1, msgid: 115 });
  await user.say({ id: 1, msgid: 103 });
  t.match(await user.hear(), { code: 0, msgid: 104 }, 'what has no number here is not answered');
  await user.close();
});

t.test("a fork's heartbeat is answered as the fork does, or not at all", async (t) => {
  const user = await alone(t, { requests: { heartbeat: 99 } });
  await user.say({ msgid: 99 });
  await user.say({ msgid: 103 });
  t.match(await ask(user, { msgid: 101 }), { msgid: 102 }, 'neither is answered');
  await user.close();
});

t.test('a request of a fork that has the number of one of ours takes it', async (t) => {
  const user = await alone(t, { requests: { friendList: 105 }, replies: { friendList: 106 } });
  t.same(await ask(user, { id: 1, msgid: 105 }), { errno: 0, friends: [], msgid: 106 });
  const { can } = await ask(user, { msgid: 101 });
  t.notOk(can.includes('deleteFriend'));
  await user.close();
});
