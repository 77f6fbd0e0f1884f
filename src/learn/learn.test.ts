import t from 'tap';
import { learn } from './learn.js';
import { Session, type Side } from './session.js';

/** What is learned when this was said, all on one connection. */
function learned(...said: [Side, object][]) {
  const session = new Session();
  for (const [from, document] of said) session.heard(from, 1, Buffer.from(JSON.stringify(document)));
  return learn(session);
}

t.test('another way to log in is refused as it was heard', async (t) => {
  const { file, unsure } = learned(
    ['client', { msgid: 4, name: 'x', password: 'y' }],
    ['server', { msgid: 5, errno: 0, id: 1 }],
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, errno: 0, id: 1, name: 'x', cookie: 'c' }],
    ['client', { msgid: 3, id: 1 }],
    ['client', { msgid: 11, id: 1, cookie: 'c' }],
    ['server', { msgid: 2, errno: 1, errmsg: 'no' }],
  );
  t.match(file, {
    requests: { logout: 3, heartbeat: 11 },
    replies: { heartbeat: 2 },
    verbs: {
      login: { results: { ok: { constants: { cookie: 'c' } } } },
      heartbeat: { results: { ok: { errno: 1, errmsg: 'no' } } },
    },
  });
  t.same(unsure, ['11 is answered as a login is: it is refused, if that is what was heard']);
});

t.test('failures are not taken for success where no login succeeded', async (t) => {
  const { file, unsure, unseen } = learned(
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, errno: 1, errmsg: 'login failed' }],
    ['client', { msgid: 4, name: 'x', password: 'y' }],
    ['server', { msgid: 5, errno: 0, id: 1 }],
    ['client', { msgid: 4, name: 'x', password: 'y' }],
    ['server', { msgid: 5, errno: 1, errmsg: 'taken' }],
  );
  t.same(file.results, { invalid: { errmsg: 'login failed' }, refused: { errmsg: 'taken' } });
  t.same(unsure, []);
  t.ok(unseen.includes('a login that succeeds: what its reply brings'), unseen.join());
});

t.test('nothing that succeeded is known, and said to be not', async (t) => {
  const { file, unsure } = learned(
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, errno: 4, errmsg: 'login failed' }],
    ['client', { msgid: 4, name: 'x', password: 'y' }],
    ['server', { msgid: 5, errno: 5, name: 'x' }],
  );
  t.same(file.results, {
    invalid: { errno: 4, errmsg: 'login failed' },
    refused: { errno: 5, errmsg: null },
  });
  t.match(unsure, ['no login and no registration succeeded: what "errno" is then is not known']);
  const { unsure: guessed } = learned(
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, errno: 0 }],
  );
  t.match(guessed, [/was seen to succeed: 0 in "errno" was taken for success/]);
});

t.test('a login that its client goes on after has succeeded, whatever its reply says', async (t) => {
  const { file } = learned(
    ['client', { msgid: 1, id: 1, password: 'x' }],
    ['server', { msgid: 2, status: 0, info: 'wrong password' }],
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, status: 1 }],
    ['client', { msgid: 6, id: 1, toid: 2, msg: 'x' }],
  );
  t.match(file.results, { ok: { errno: 1 }, invalid: { errno: 0, errmsg: 'wrong password' } });
});

t.test('a text that refusals have under another name is a field of its own', async (t) => {
  const { file } = learned(
    ['client', { msgid: 4, name: 'x', password: 'y' }],
    ['server', { msgid: 5, errno: 0, id: 1, sysmsg: 'welcome' }],
    ['client', { msgid: 1, id: 1, password: 'x' }],
    ['server', { msgid: 2, errno: 1, errmsg: 'wrong password' }],
  );
  t.match(file.verbs, { register: { results: { ok: { constants: { sysmsg: 'welcome' } } } } });
  t.notMatch(JSON.stringify(file), /"errmsg":"sysmsg"/);
});

t.test('nothing that says what messages are', async (t) => {
  t.same(learned(['client', { hello: 'world' }]), {
    file: {},
    unseen: ['no message with a number was heard'],
    unsure: [],
  });
});
