import t from 'tap';
import type { Values } from '../protocol/replies.js';
import { compile } from './compile.js';
import type { DialectFile } from './file.js';

const WELCOME: Values = {
  id: 1,
  name: 'one',
  friends: [{ id: 2, name: 'two', state: 'offline' }],
  groups: [
    {
      id: 3,
      groupname: 'three',
      groupdesc: '',
      users: [{ id: 1, name: 'one', role: 'creator', state: 'online' }],
    },
  ],
  offlinemsg: ['{"msg":"x"}'],
};

/** The reply to a login in such a dialect, parsed. */
function login(file: DialectFile, values: Values = WELCOME): unknown {
  return JSON.parse(text(file, values));
}

function text(file: DialectFile, values: Values = WELCOME): string {
  return String(compile('fork', file).replies.write('login', 'ok', values));
}

t.test('the original', async (t) => {
  t.equal(
    text({}),
    '{"errno":0,"friends":["{\\"id\\":2,\\"name\\":\\"two\\",\\"state\\":\\"offline\\"}"],"groups":["{\\"groupdesc\\":\\"\\",\\"groupname\\":\\"three\\",\\"id\\":3,\\"users\\":[\\"{\\\\\\"id\\\\\\":1,\\\\\\"name\\\\\\":\\\\\\"one\\\\\\",\\\\\\"role\\\\\\":\\\\\\"creator\\\\\\",\\\\\\"state\\\\\\":\\\\\\"online\\\\\\"}\\"]}"],"id":1,"msgid":2,"name":"one","offlinemsg":["{\\"msg\\":\\"x\\"}"]}',
  );
});

t.test('zero is a number like any other', async (t) => {
  const { requests, replies } = compile('fork', { requests: { login: 0 }, replies: { login: 0 } });
  t.equal(requests.get(0)?.verb, 'login');
  t.match(JSON.parse(String(replies.write('login', 'ok', WELCOME))), { errno: 0, id: 1, msgid: 0 });
});

t.test('a field with another name stands where nlohmann sorts it', async (t) => {
  const file: DialectFile = { replyFields: { id: 'uid', errno: 'zero', name: 'Name' }, typeKey: 'msgId' };
  t.equal(text(file, { id: 1, name: 'one' }), '{"Name":"one","msgId":2,"uid":1,"zero":0}');
});

t.test('lists of objects, and a count', async (t) => {
  const file: DialectFile = {
    lists: { friends: 'objects', groups: 'objects', users: 'count', offlinemsg: 'objects' },
    friend: { state: 'on' },
    states: { online: true, offline: false },
    group: { groupdesc: null, users: 'members' },
  };
  t.match(login(file), {
    friends: [{ id: 2, name: 'two', on: false }],
    groups: [{ id: 3, groupname: 'three', members: 1 }],
    offlinemsg: [{ msg: 'x' }],
  });
});

t.test('empty lists are there when they must', async (t) => {
  const nothing = { friends: [], groups: [], offlinemsg: [] };
  t.same(login({}, nothing), { errno: 0, msgid: 2 });
  t.same(login({ emptyLists: 'present' }, nothing), { errno: 0, msgid: 2, ...nothing });
  t.same(login({ emptyLists: ['groups'] }, nothing), { errno: 0, msgid: 2, groups: [] });
});

t.test('results: values, constants, and what is special for one request', async (t) => {
  const { replies } = compile('fork', {
    replyFields: { errno: 'status' },
    results: { ok: { errno: 'success', constants: { b: [1.5, { d: 1, c: 2 }] } }, invalid: { errno: -2 } },
    verbs: { register: { results: { ok: { errmsg: 'welcome' } }, replyFields: { errmsg: 'say' } } },
  });
  const write = (...args: Parameters<typeof replies.write>) => String(replies.write(...args));
  t.equal(
    write('register', 'ok', { id: 1 }),
    '{"b":[1.5,{"c":2,"d":1}],"id":1,"msgid":5,"say":"welcome","status":"success"}',
  );
  t.equal(write('login', 'invalid'), '{"errmsg":"id or password is invalid!","msgid":2,"status":-2}');
  t.equal(replies.write('addFriend', 'ok'), undefined, 'not answered');
});

t.test('as many stored messages fit as leave the reply short enough, to the byte', async (t) => {
  const files: DialectFile[] = [
    {},
    { emptyLists: 'present' },
    { lists: { offlinemsg: 'objects' }, replyFields: { offlinemsg: 'x' } },
  ];
  for (const file of files) {
    const { storedThatFit } = compile('fork', file).replies;
    const texts = ['{"a":"\\n"}', '{"é":1}'];
    const length = (count: number) =>
      Buffer.byteLength(text(file, { ...WELCOME, offlinemsg: texts.slice(0, count) }));
    for (const count of [1, 2]) {
      t.equal(storedThatFit(texts, length(0), length(count)), count);
      t.equal(storedThatFit(texts, length(0), length(count) - 1), count - 1);
    }
  }
});
