import t from 'tap';
import { BUILT_IN } from '../../dialect/builtin.js';
import { complete } from '../../dialect/complete.js';
import { readDialectFile } from '../../dialect/load.js';
import type { Spoken } from './dialect.js';
import { Speech } from './speech.js';

const spokenBy = (file: Parameters<typeof complete>[0]) => complete(file) as Spoken;
const original = new Speech();
const early = new Speech(spokenBy(BUILT_IN.early));
const distributed = new Speech(spokenBy(BUILT_IN['distributed-chat-servers']));
const byName = new Speech(spokenBy(readDialectFile('docs/dialects/ZCTCZ.json')));

const from = { id: 1, name: 'one' };

t.test('what is sent has the numbers and names of its dialect', async (t) => {
  t.same(original.request('login', { id: 1, password: 'p' }), { id: 1, password: 'p', msgid: 1 });
  t.same(early.request('register', { name: 'n', password: 'p' }), { name: 'n', password: 'p', msgid: 3 });
  t.same(distributed.request('addFriend', { id: 1, friendid: 2 }), { uid: 1, fid: 2, msgId: 10 });
  const user = { kind: 'user', id: 2, name: 'two' } as const;
  const group = { kind: 'group', id: 3 } as const;
  t.same(original.chat({ from, to: user, text: 'hi', time: 'now' }, { mid: 'x' }), {
    ...{ id: 1, mid: 'x', msg: 'hi', msgid: 6, name: 'one', time: 'now', toid: 2 },
  });
  t.same(distributed.chat({ from, to: group, text: 'hi', time: 'now' }), {
    ...{ uid: 1, gid: 3, msg: 'hi', msgId: 13, username: 'one', time: 'now' },
  });
  t.same(byName.chat({ from, to: user, text: 'hi', time: 'now' }), {
    ...{ from: 1, to: 2, message: 'hi', msgId: 5, user: 'one', time: 'now' },
  });
});

t.test('what one client of a dialect writes another one reads', async (t) => {
  for (const speech of [original, early, distributed, byName]) {
    const to = { kind: 'group', id: 3 } as const;
    const read = speech.readChat(speech.chat({ from, to, text: '你好', time: '2026-01-01 00:00:00' }));
    t.match(
      read,
      { from, group: 3, text: '你好', time: '2026-01-01 00:00:00' },
      speech.spoken.name ?? 'a file',
    );
    t.equal(speech.readChat(speech.request('login', { id: 1, password: '' })), undefined);
  }
});

t.test('how a request ended, by what its reply says', async (t) => {
  t.equal(original.resultOf({ errno: 0, msgid: 2 }, 'login'), 'ok');
  t.equal(original.resultOf({ errno: 1, errmsg: 'id or password is invalid!' }, 'login'), 'invalid');
  t.equal(original.resultOf({ errno: 2 }, 'login'), 'inUse');
  t.equal(original.resultOf({ errno: 3 }, 'login'), 'unavailable');
  t.equal(original.resultOf({ errno: 1 }, 'register'), 'refused');
  t.equal(original.resultOf({ errno: {} }, 'login'), 'refused', 'what nobody says');
  t.equal(byName.resultOf({ code: 0, msg: 'ok' }, 'login'), 'ok');
  t.equal(byName.resultOf({ code: -2 }, 'login'), 'invalid');
  t.equal(byName.resultOf({ code: -1, msg: 'this account is using, input another!' }, 'login'), 'inUse');
  t.equal(byName.resultOf({ code: -1, msg: 'register failed' }, 'register'), 'refused');
});

t.test('lists are read whatever stands in them', async (t) => {
  const login = original.readLogin({
    id: 1,
    name: 'one',
    friends: [
      '{"id":2,"name":"two","state":"online"}',
      'no JSON',
      7,
      { id: 3, name: 'three', state: 'offline' },
    ],
    groups: [
      '{"groupdesc":"d","groupname":"g","id":4,"users":["{\\"id\\":2,\\"name\\":\\"two\\",\\"role\\":\\"creator\\",\\"state\\":\\"online\\"}"]}',
    ],
    offlinemsg: ['{"id":2,"msg":"stored","msgid":6}', '[]', null],
  });
  t.same(login.friends, [
    { id: 2, name: 'two', online: true },
    { id: 3, name: 'three', online: false },
  ]);
  t.match(login.groups, [
    { id: 4, name: 'g', description: 'd', members: [{ id: 2, role: 'creator', online: true }] },
  ]);
  t.same(
    login.stored.map(({ text }) => text),
    ['stored'],
  );
  t.match(original.readLogin({ friends: 'x', groups: {}, offlinemsg: 1 }), {
    friends: [],
    groups: [],
    stored: [],
  });
});
