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

t.test('nothing that says what messages are', async (t) => {
  t.same(learned(['client', { hello: 'world' }]), {
    file: {},
    unseen: ['no message with a number was heard'],
    unsure: [],
  });
});
