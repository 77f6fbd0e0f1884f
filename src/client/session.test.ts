import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { ChatClient } from './chat-client.js';
import { ORIGINAL } from './languages.js';
import { Session } from './session.js';
import { pipe } from './terminal.js';

const MENU = ORIGINAL.menu;

/** A session whose server is the test: what the client prints, sends, and how it ends. */
async function open(t: { teardown(end: () => unknown): void }) {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  t.teardown(() => listener.close());
  const accepted = once(listener, 'connection');
  await once(listener, 'listening');
  const socket = connect((listener.address() as { port: number }).port, '127.0.0.1');
  const [server] = (await accepted) as [Socket];
  t.teardown(() => server.destroy());
  const ended = once(server, 'end');
  ended.catch(() => {});
  const [input, output] = [new PassThrough(), new PassThrough()];
  const done = new Session(new ChatClient(socket), pipe(input, output)).run();
  done.catch(() => {});
  return { server, ended, input, done, screen: reader(output), sent: reader(server) };
}

/** Waits until a stream's text contains something; returns all of it so far and forgets it. */
function reader(stream: NodeJS.ReadableStream) {
  const news = new EventEmitter();
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    news.emit('text');
  });
  return async (end: string): Promise<string> => {
    while (!text.includes(end)) await once(news, 'text');
    const got = text;
    text = '';
    return got;
  };
}

const REPLY = '{"errno":0,"id":1,"msgid":2,"name":"张三"}';

t.test('what was typed leaves as the original client sends it', async (t) => {
  const { server, ended, input, sent, screen, done } = await open(t);
  input.write('2\n张三\n"p\\w"\n');
  t.equal(await sent('\0'), '{"msgid":4,"name":"张三","password":"\\"p\\\\w\\""}\0');
  server.write('{"errno":0,"id":1,"msgid":5}');
  input.write('1\n1\npw\r\nchat:3:a:b\u2028c\naddfriend:3\ncreategroup:g:d:e\naddgroup:1\n');
  t.equal(await sent('\0'), '{"id":1,"msgid":1,"password":"pw"}\0');
  server.write(REPLY);
  t.equal(
    (await sent('"msgid":9}\0')).replace(/\d{4}-.{14}/, '<time>'),
    '{"id":1,"msg":"a:b\u2028c","msgid":6,"name":"张三","time":"<time>","toid":3}\0' +
      '{"friendid":3,"id":1,"msgid":7}\0' +
      '{"groupdesc":"d:e","groupname":"g","id":1,"msgid":8}\0' +
      '{"groupid":1,"id":1,"msgid":9}\0',
  );
  input.write('loginout\n3\n');
  t.equal(await sent('\0'), '{"id":1,"msgid":3}\0');
  await ended;
  server.end();
  await done;
  t.match(
    await screen('choice:'),
    /userid is 1, do not forget it!\n(.|\n)*current login user => id:1 name:张三\n/,
  );
});

t.test('answers of the server, joined, cut and long', async (t) => {
  const { server, input, screen, sent } = await open(t);
  input.write('1\n1\npw\n');
  await sent('\0');
  const stored = JSON.stringify({
    id: 3,
    msg: `}{"${'x'.repeat(3000)}`,
    msgid: 6,
    name: 'bob',
    time: 'T',
    toid: 1,
  });
  const friend = '{"id":3,"name":"bob","state":"online"}';
  const group = JSON.stringify({
    groupdesc: 'd',
    groupname: '群',
    id: 4,
    users: ['{"id":1,"name":"a","role":"creator","state":"online"}'],
  });
  const reply = JSON.stringify({
    errno: 0,
    friends: [friend],
    groups: [group],
    id: 1,
    msgid: 2,
    name: 'a',
    offlinemsg: [stored, 'broken\n'],
  });
  const late = '{"groupid":4,"id":3,"msg":"\\u001b[2Jhi","msgid":10,"name":"bob","time":"T"}{"x":1}{broken}';
  const bytes = Buffer.from(reply + late + late);
  server.write(bytes.subarray(0, 2000));
  server.write(bytes.subarray(2000));
  const shown = await screen('hi\n群');
  t.match(shown, 'list---------------------\n3 bob online\n');
  t.match(shown, 'list----------------------\n4 群 d\n1 a online creator\n====');
  t.match(shown, `=\nT [3]bob said: }{"${'x'.repeat(3000)}\nbroken\\u000a\nshow command list`);
  t.match(shown, '格式help\n\n群消息[4]:T [3]bob said: \\u001b[2Jhi\n群消息[4]', 'behind the login screen');
});

t.test('what cannot be done is told, and sends nothing', async (t) => {
  const { server, input, screen, sent } = await open(t);
  input.write('9\n1\nalice\npw\n1\n1\npw\n');
  t.equal(await sent('\0'), '{"id":1,"msgid":1,"password":"pw"}\0');
  server.write('{"errmsg":"no \\"way\\"","errno":1,"msgid":2}');
  const asked = 'userid:userpassword:';
  t.equal(
    await screen('way\\""\n'),
    `${MENU}\nchoice:invalid input!\n${MENU}\nchoice:${asked}userid must be a number!\n${MENU}\nchoice:${asked}"no \\"way\\""\n`,
  );
  input.write('2\nbob\npw\n');
  await sent('\0');
  server.write('{"errno":1,"msgid":5}');
  t.match(await screen('error!\n'), 'userpassword:name is already exist, register error!\n');
  input.write('2\nbob\npw\n');
  await sent('\0');
  server.write('{"errmsg":"try later","errno":3,"msgid":5}');
  t.match(await screen('"\n'), 'userpassword:"try later"\n');
  input.write('1\n1\npw\nchat:x:hi\nnonsense\nchat:2:sent\n');
  await sent('\0');
  server.write(REPLY);
  t.match(await sent('\0'), /^\{"id":1,"msg":"sent",/);
  t.match(await screen('input command!\n'), '格式help\n\nchat command invalid!\ninvalid input command!\n');
});

t.test('what is longer than the server takes is told, and the session goes on', async (t) => {
  const { server, input, screen, sent } = await open(t);
  const long = 'x'.repeat(70_000);
  input.write(`2\n${long}\npw\n1\n1\n${long}\n1\n1\npw\n`);
  t.equal(await sent('\0'), '{"id":1,"msgid":1,"password":"pw"}\0');
  server.write(REPLY);
  input.write(`chat:2:${long}\nchat:2:short\n`);
  t.match(await sent('\0'), /^\{"id":1,"msg":"short",/);
  t.equal(
    (await screen('格式help\n\nthe message')).match(/the message has 70\d+ bytes, the server/g)?.length,
    3,
  );
});

t.test('at the end of input, the rest is sent and shown', async (t) => {
  const { server, ended, input, screen, sent, done } = await open(t);
  input.end('1\n1\npw\nchat:1:to myself');
  await sent('\0');
  server.write(REPLY);
  const said = (await sent('\0')).slice(0, -1);
  await ended;
  server.end(said);
  await done;
  t.match(await screen('myself'), /said: to myself\n$/);
});

t.test('the words of other keyboards: a slash before, full-width colons, quit', async (t) => {
  const { server, ended, input, sent, screen, done } = await open(t);
  input.write('/help\n1\n1\npw\n/chat：3：你好：a:b\n/help\n/quit\nchat:3:never\n');
  t.equal(await sent('\0'), '{"id":1,"msgid":1,"password":"pw"}\0');
  server.write(REPLY);
  t.match(await sent('\0'), '"msg":"你好：a:b"');
  await ended;
  server.end();
  await done;
  const shown = await screen('help');
  t.equal(shown.split('show command list').length, 3);
  t.notMatch(shown, 'invalid');
});

t.test('lists of friends and groups with their ids, as of the login', async (t) => {
  const { server, input, sent, screen } = await open(t);
  input.write('1\n1\npw\n');
  await sent('\0');
  const friends = ['{"id":3,"name":"bob","state":"online"}'];
  const users = ['{"id":1,"name":"a","role":"creator","state":"online"}'];
  const groups = [JSON.stringify({ groupdesc: 'd', groupname: '群', id: 4, users })];
  server.write(JSON.stringify({ errno: 0, friends, groups, id: 1, msgid: 2, name: 'a' }));
  await screen('格式help\n\n');
  input.write('friends\n/groups\nhelp\n');
  t.match(
    await screen('格式help\n'),
    /^-+friend list-+\n3 bob online\n-+group list-+\n4 群 d\n1 a online creator\nshow/,
  );
});

t.test('a lost connection ends the session', async (t) => {
  const { server, input, done, sent } = await open(t);
  input.write('1\n1\npw\n');
  await sent('\0');
  server.resetAndDestroy();
  await t.rejects(done, { message: 'the connection to the server was lost: ECONNRESET' });
});
