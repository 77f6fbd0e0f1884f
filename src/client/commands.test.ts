import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import t from 'tap';
import { ChatClient } from './chat-client.js';
import { commands, helpText } from './commands.js';
import { ORIGINAL } from './languages.js';
import { readLine } from './line.js';

const [fromServer, toServer] = [new PassThrough(), new PassThrough()];
const client = new ChatClient(Duplex.from({ readable: fromServer, writable: toServer }));

/** The request that a line sends; undefined when it cannot be read. */
async function made(typed: string): Promise<unknown> {
  const line = readLine(typed);
  const sending = commands.get(line.name)?.send?.(line, client);
  if (sending === undefined) return undefined;
  const [bytes] = await Promise.all([once(toServer, 'data'), sending]);
  return JSON.parse(String(bytes).slice(0, -1));
}

t.before(async () => {
  const login = client.login(1, 'pw');
  await once(toServer, 'data');
  fromServer.write('{"errno":0,"id":1,"msgid":2,"name":"张三"}');
  await login;
});

t.test('messages of the commands', async (t) => {
  t.match(await made('chat:3:a:b: c'), { id: 1, msg: 'a:b: c', msgid: 6, name: '张三', toid: 3 });
  t.match(await made('chat:3:'), { msg: '', toid: 3 });
  t.match(await made('chat：3：12:30'), { msg: '12:30', toid: 3 });
  t.match(await made('groupchat:7:12:30'), { groupid: 7, id: 1, msg: '12:30', msgid: 10, name: '张三' });
  t.same(await made('creategroup:粉丝:a:b'), { groupdesc: 'a:b', groupname: '粉丝', id: 1, msgid: 8 });
  t.match(await made('creategroup:粉：丝:a'), { groupdesc: 'a', groupname: '粉：丝' });
  t.match(await made('creategroup:粉丝：a'), { groupdesc: 'a', groupname: '粉丝' });
  t.match(await made('creategroup：粉丝：a:b'), { groupdesc: 'a:b', groupname: '粉丝' });
  t.same(await made('addfriend:3'), { friendid: 3, id: 1, msgid: 7 });
  t.same(await made('addgroup:3'), { groupid: 3, id: 1, msgid: 9 });
});

t.test('commands that cannot be read', async (t) => {
  for (const line of [
    'chat',
    'chat:3',
    'chat:x:hi',
    'chat::hi',
    'creategroup:a',
    'addfriend',
    'addgroup:1x',
    'groupchat:1',
  ]) {
    t.equal(await made(line), undefined, line);
  }
});

t.test('help: a script is told what the original has, a person everything', async (t) => {
  t.equal(helpText(ORIGINAL, false).split('\n').length, 7 + 2);
  t.notMatch(helpText(ORIGINAL, false), 'friends');
  t.match(helpText(ORIGINAL, true), 'friends : ');
});

t.test('logging out', async (t) => {
  t.same(await made('loginout'), { id: 1, msgid: 3 });
  await t.rejects(client.chat(3, 'hi'), { message: 'log in first' });
});
