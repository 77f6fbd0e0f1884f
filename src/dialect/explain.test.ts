import t from 'tap';
import { compile } from './compile.js';
import { explainer } from './explain.js';
import { loadDialect } from './load.js';

const original = explainer(loadDialect('original'));

t.test('what another built-in dialect would understand', async (t) => {
  t.equal(
    original.document({ msgid: 3, name: 'x', password: 'secret' }),
    '{"msgid":3,"name":…,"password":…} looks like a registration; it is understood with --dialect early, or a dialect file with {"requests":{"register":3}}, which takes the place of 4',
  );
  t.match(
    original.document({ msgId: 5, username: 'x', password: 'y' }),
    /a registration; it is understood with --dialect distributed-chat-servers, or a dialect file with {"typeKey":"msgId","requests":{"register":5},"requestFields":{"name":"username"}}, which takes the place of 4$/,
  );
});

t.test('numbers are not shown but for the type and ids', async (t) => {
  for (const document of [
    { msgid: 3, name: 12345, password: 98765 },
    { msgid: 1, uid: 7, pwd: 13579 },
    { msgid: 6, id: 1, to: 2, msg: 987654321 },
    { msgid: 99, id: 7, password: 'x', code: 24680 },
  ]) {
    const text = original.document({ ...document }) ?? '';
    t.notMatch(text, /12345|98765|13579|987654321|24680/, JSON.stringify(document));
  }
  t.match(
    original.document({ msgid: 6, id: 1, to: 2, msg: 'x', pin: 4321 }),
    '{"msgid":6,"id":1,"to":2,"msg":…,"pin":…}',
  );
});

t.test('what a line in a dialect file would', async (t) => {
  const cases: [object, string][] = [
    [{ msgid: 6, id: 1, to: 2, msg: 'x' }, '{"requestFields":{"toid":"to"}}'],
    [{ msgid: 1, id: 1, passwd: 'x' }, '{"requestFields":{"password":"passwd"}}'],
    [{ msgid: 1, name: 'x', password: 'x' }, '{"verbs":{"login":{"by":"name"}}}'],
    [{ msgid: 6, id: 1, toname: 'x', msg: 'y' }, '{"verbs":{"chat":{"by":"name"}}}'],
    [
      { type: 1004, uid: 1, gid: 2, content: 'y' },
      '{"typeKey":"type","requests":{"groupChat":1004},"requestFields":{"groupid":"gid","id":"uid"}}, which takes the place of 10',
    ],
  ];
  for (const [document, line] of cases)
    t.ok(original.document({ ...document })?.endsWith(`with ${line}`), line);
});

t.test('a number is not taken from a request that has one for another with the same fields', async (t) => {
  const asked: [object, string][] = [
    [{ msgid: 11, id: 1, groupid: 2 }, 'joinGroup, which is 9'],
    [{ msgid: 12, id: 1, friendid: 2 }, 'addFriend, which is 7'],
    [{ msgid: 12, id: 1, friendname: 'x' }, 'addFriend, which is 7'],
  ];
  for (const [document, what] of asked) {
    const text = original.document({ ...document });
    t.match(text, `has the fields of ${what} here: it seems to be another request`);
    t.notMatch(text, /"requests"/);
  }
  const fork = explainer(loadDialect('docs/dialects/Minus-cell.json'));
  t.notMatch(fork.document({ msgid: 11, id: 1, groupid: 2 }), /"requests"|understood/);
  t.match(original.document({ msgid: 8, id: 1, groupid: 2 }), /understood with --dialect early, or/);
  const file = compile('fork', { requests: { joinGroup: null, addFriend: null } });
  t.match(
    explainer(file).document({ msgid: 11, groupid: 2 }),
    /a dialect file with {"requests":{"joinGroup":11}}$/,
  );
});

t.test('what the dialect understands, and what nobody does, is not explained', async (t) => {
  for (const document of [
    { msgid: 6, id: 1, toid: 2, msg: 'x' },
    { msgid: 4, name: 'x', password: 'y' },
    { msgid: 77, id: 1 },
    // Requests that the original does not have: understood, and refused.
    { msgid: 115, id: 1, toid: 99 },
    { msgid: 133, id: 1, toid: 2, text: 'x', most: 20 },
    { msgid: 107, id: 1, groupid: 2 },
    { msgid: 105, id: 1, friendid: 2 },
    { hello: 'world' },
    { msgid: 'x', msg: 'y' },
  ]) {
    t.equal(original.document(document), undefined, JSON.stringify(document));
  }
});

t.test('what stands around documents', async (t) => {
  const length = explainer(loadDialect('docs/dialects/ZCTCZ.json'));
  t.match(
    original.framing(Buffer.from('\0\0\0\x0e{"msgid":1000}')),
    /behind four bytes, their length; .*"in":"length"/,
  );
  t.match(original.framing(Buffer.from('{"msgid":1}\n')), /in lines; .*"out":"lf"/);
  t.match(length.framing(Buffer.from('{"msgid":1}')), /without their length/);
  t.equal(original.framing(Buffer.from('{"msgid":1}\0')), undefined);
  t.equal(length.framing(Buffer.from('\0\0\0\x0e{"msgid":1000}')), undefined);
});
