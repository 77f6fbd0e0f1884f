import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compile } from './compile.js';
import type { DialectFile } from './file.js';
import { DialectError, loadDialect } from './load.js';

const folder = t.testdir({});

/** The faults of a file, line by line. */
function mistakes(file: unknown): string[] {
  const path = join(folder, 'fork.json');
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  try {
    loadDialect(path);
    return [];
  } catch (error) {
    if (!(error instanceof DialectError)) throw error;
    return error.message.split('\n');
  }
}

t.test('mistakes are named with their place in the file', async (t) => {
  t.same(mistakes({ requests: { logn: 1 } }), ['requests.logn: is not known here']);
  t.same(mistakes({ requests: { login: '1' } }), ['requests.login: is not a whole number']);
  t.same(mistakes({ framing: { in: 'crlf' } }), ['framing.in: is none of "none", "nul", "lf", "length"']);
  t.same(mistakes({ requestFields: { id: '' } }), ['requestFields.id: is an empty name']);
  t.same(mistakes({ stored: 'never', takeover: 1 }).length, 2, 'all of them at once');
  t.same(mistakes({ tables: { users: 'User' } }), ['tables.users: is not known here']);
  t.match(mistakes('{'), [/^is not JSON: /]);
});

t.test('a file that is too long, too deep or wrong all over gets few lines', async (t) => {
  const names = Array.from({ length: 100_000 }, (_, at) => `name${at}`);
  t.same(mistakes({ requestFields: { id: names } }), ['is larger than 64 KiB']);
  const nested = (depth: number) =>
    `{"results":{"ok":{"constants":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}}}`;
  t.same(mistakes(nested(20_000)), ['is nested more than 32 deep']);
  t.same(mistakes(nested(20)), []);
  const unknown = mistakes(Object.fromEntries(names.slice(0, 1000).map((name) => [name, 1])));
  t.equal(unknown.length, 51);
  t.equal(unknown.at(-1), 'and 950 more');
});

t.test('contradictions are named, too', async (t) => {
  t.same(mistakes({ extends: 'late' }), [
    'extends: there is no dialect late; there are original, early, distributed-chat-servers',
  ]);
  t.same(mistakes({ requests: { login: 1, register: 1 } }), ['requests.register: 1 is the number of login']);
  t.same(mistakes({ replyFields: { offlinemsg: null } }), [
    'replyFields.offlinemsg: is left out; say with "stored" where stored messages go',
  ]);
  t.same(mistakes({ replyFields: { offlinemsg: null }, stored: 'after' }), []);
});

t.test('one name for two fields of a request is a contradiction', async (t) => {
  t.same(mistakes({ requestFields: { toid: 'id' } }), [
    'requestFields.toid: "id" is the name of id in the same request (chat)',
  ]);
  t.same(mistakes({ verbs: { joinGroup: { requestFields: { groupid: ['gid', 'id'] } } } }), [
    'verbs.joinGroup.requestFields.groupid: "id" is the name of id in the same request (joinGroup)',
  ]);
  t.same(mistakes({ requestFields: { password: 'msgid' } }), [
    ...['login', 'register'].map(
      (verb) => `requestFields.password: "msgid" is the name of the type key in the same request (${verb})`,
    ),
  ]);
  t.same(mistakes({ requestFields: { groupname: 'name' } }), [], 'in two requests it is none');
  t.same(mistakes({ requestFields: { toid: 'id' }, requests: { chat: null } }), []);
});

t.test('a reply with the number of what is passed on is a doubt', async (t) => {
  const doubts = (file: DialectFile) => compile('fork', file).doubts;
  t.same(doubts({ replies: { joinGroup: 10 } }), [
    'replies.joinGroup: 10 is the number of groupChat, too: a client that gets one cannot tell which it is',
  ]);
  t.same(doubts({ replies: { chat: 6 }, verbs: { chat: { passedOn: { number: 106 } } } }), []);
  t.match(doubts({ replies: { login: 7 }, verbs: { addFriend: { relay: true } } }), [/of addFriend/]);
  t.same(doubts({ requests: { logout: 2 } }), [], 'a logout goes to nobody');
});

t.test('a name that is neither built in nor a file', async (t) => {
  t.throws(() => loadDialect('erly'), {
    message: 'is no built-in dialect (original, early, distributed-chat-servers), nor a file to read',
  });
});

t.test('a number that a file gives is taken from the request that had it', async (t) => {
  const path = join(folder, 'fork.json');
  writeFileSync(path, JSON.stringify({ requests: { register: 3 }, replies: { register: 4 } }));
  const { requests } = loadDialect(path);
  t.equal(requests.get(3)?.verb, 'register');
  t.equal(requests.get(4), undefined);
  t.notOk([...requests.values()].some(({ verb }) => verb === 'logout'));
  t.equal(requests.get(6)?.verb, 'chat', 'what the file does not say is as in the original');
});
