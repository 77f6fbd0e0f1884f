import t from 'tap';
import type { Plain } from '../dialect/shapes.js';
import { learn } from './learn.js';
import { Session, type Side } from './session.js';

t.setTimeout(600_000);

/** The dialect that is learned from these documents, all on one connection. */
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

t.test('zero is a number like any other', async (t) => {
  const { file } = learned(
    ['client', { msgid: 1, name: 'x', password: 'y' }],
    ['server', { msgid: 1, errno: 0, id: 1 }],
    ['client', { msgid: 0, id: 1, password: 'y' }],
    ['server', { msgid: 0, errno: 0, id: 1, name: 'x' }],
    ['client', { msgid: 2, id: 1, toid: 2, msg: 'hi' }],
  );
  t.match(file, { requests: { login: 0, register: 1, chat: 2 }, replies: { login: 0, register: 1 } });
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

t.test('a login that was let in before, and is refused, is in use: another is wrong', async (t) => {
  const { file } = learned(
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, errno: 0, id: 1, name: 'x' }],
    ['client', { msgid: 1, id: 1, password: 'y' }],
    ['server', { msgid: 2, errno: 2, errmsg: 'is online' }],
    ['client', { msgid: 1, id: 1, password: 'z' }],
    ['server', { msgid: 2, errno: 3, errmsg: 'wrong' }],
  );
  t.same(file.results, { invalid: { errno: 3, errmsg: 'wrong' }, inUse: { errmsg: 'is online' } });
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

/** What many clients and their server said: each registers, logs in, gets what was stored for it, writes, and leaves. */
function crowd(clients: number, heard: (document: Plain) => Plain = (document) => document): Session {
  const session = new Session();
  for (let n = 1; n <= clients; n++) {
    const say = (from: Side, document: Plain) =>
      session.said.push({ from, connection: n, document: heard(document) });
    const chat = (id: number, toid: number) => ({ id, msg: `from ${id}`, msgid: 6, time: 'T', toid });
    say('client', { msgid: 4, name: `name ${n}`, password: 'secret' });
    say('server', { errno: 0, id: n, msgid: 5 });
    say('client', { id: n, msgid: 1, password: 'secret' });
    say('server', {
      errno: 0,
      friends: [`{"id":${n + 1},"name":"name"}`],
      id: n,
      msgid: 2,
      name: `name ${n}`,
    });
    if (n > 1) say('server', chat(n - 1, n));
    say('client', { friendid: n + 1, id: n, msgid: 7 });
    say('client', chat(n, n + 1));
    say('client', { id: n, msgid: 3 });
  }
  return session;
}

/** How often members of what was said are read when all of it is learned from. */
function reads(clients: number): number {
  let count = 0;
  const get = (document: Plain, key: string) => {
    count++;
    return document[key];
  };
  learn(crowd(clients, (document) => new Proxy(document, { get })));
  return count;
}

t.test('the work grows as what was said does, and not as its square', async (t) => {
  const { file, unsure } = learn(crowd(100));
  t.match(file, { stored: 'after' });
  t.same(unsure, []);
  const [few, many] = [reads(100), reads(800)];
  t.ok(few > 1000 && many < 12 * few, `${few} reads for 100 clients, ${many} for 800`);
});

t.test('of a longer session the first part is learned from, and that is said', async (t) => {
  const { unsure } = learn(crowd(3000));
  t.match(unsure, [/^more was said: only the first 10000 messages and answers were read$/]);
  const wide = new Session();
  for (let n = 0; n < 600; n++) {
    const members = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i]));
    wide.said.push({ from: 'client', connection: 1, document: { ...members, msgid: n } });
  }
  t.match(learn(wide).unsure[0], /^more was said: only the first 497 messages/);
});

t.test('however much cannot be understood, a hundred lines say so', async (t) => {
  const session = crowd(1);
  for (let n = 0; n < 2000; n++)
    session.said.push(
      { from: 'client', connection: 1, document: { id: 1, msg: 'x', msgid: 1000 + n, toid: 2 } },
      { from: 'server', connection: 1, document: { msgid: 4000 + n } },
    );
  t.equal(learn(session).unsure.length, 100);
});

t.test('what is said beyond 64 MiB is not kept', async (t) => {
  const session = new Session();
  const document = Buffer.from(`{"msg":"${'x'.repeat(8 << 20)}","msgid":1}`);
  for (let n = 0; n < 10; n++) t.equal(session.heard('client', 1, document).length, 1);
  t.equal(session.said.length, 7);
  t.equal(session.isCut, true);
});
