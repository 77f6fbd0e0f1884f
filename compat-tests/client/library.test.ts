import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  ChatClient,
  type ChatMessage,
  ConfigError,
  ConnectionLost,
  createChatServer,
} from '../../src/index.js';

const server = await createChatServer({ port: 0, data: ':memory:' });
t.teardown(() => server.stop());

async function connect(t: { teardown(end: () => unknown): void }): Promise<ChatClient> {
  const client = await ChatClient.connect({ host: server.ip, port: server.port });
  t.teardown(() => client.close());
  return client;
}

/** Connects, registers and logs in. */
async function user(t: { teardown(end: () => unknown): void }, name: string): Promise<ChatClient> {
  const client = await connect(t);
  await client.login(await client.register(name, 'pw'), 'pw');
  return client;
}

async function next(client: ChatClient): Promise<ChatMessage> {
  const [message] = await once(client, 'message');
  return message;
}

const idOf = (client: ChatClient) => client.user?.id ?? Number.NaN;

t.test('two users, a group, and what waits for the one who is away', async (t) => {
  const [alice, bob] = [await user(t, 'alice'), await user(t, '张三')];
  void bob.chat(idOf(alice), 'hello');
  const hello = await next(alice);
  t.match(hello, { from: { id: idOf(bob), name: '张三' }, group: undefined, text: 'hello' });
  t.match(hello.time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  await alice.createGroup('crowd', 'of two');
  await alice.addFriend(idOf(bob));
  // A request that is answered: what was sent before has been handled.
  await alice.register('nobody', 'pw');
  await bob.joinGroup(1);
  void bob.groupChat(1, 'all');
  t.match(await next(alice), { from: { name: '张三' }, group: 1, text: 'all' });
  const { id } = alice.user ?? { id: 0 };
  await alice.logout();
  await alice.register('nobody else', 'pw');
  await bob.chat(id, 'when you are back');
  await bob.register('nobody at all', 'pw');
  const login = await alice.login(id, 'pw');
  t.match(login, {
    id,
    name: 'alice',
    friends: [{ id: idOf(bob), name: '张三', online: true }],
    groups: [
      {
        id: 1,
        name: 'crowd',
        description: 'of two',
        members: [
          { id, name: 'alice', online: true, role: 'creator' },
          { name: '张三', role: 'normal' },
        ],
      },
    ],
    stored: [{ from: { id: idOf(bob) }, text: 'when you are back' }],
  });
});

t.test('what the server refuses', async (t) => {
  const client = await connect(t);
  const id = await client.register('carol', 'pw');
  await t.rejects(client.register('carol', 'pw'), { errno: 1, message: 'name is already exist' });
  await t.rejects(client.login(id, 'no'), { errno: 1, message: 'id or password is invalid!' });
  await t.rejects(client.chat(1, 'hi'), { message: 'log in first' });
  await client.login(id, 'pw');
  const other = await connect(t);
  await t.rejects(other.login(id, 'pw'), { errno: 2, message: 'this account is using, input another!' });
});

t.test('a text arrives whatever is in it, or its sender is told', async (t) => {
  const [alice, bob] = [await user(t, 'dave'), await user(t, 'erin')];
  const said = next(alice);
  void bob.chat(idOf(alice), 'half \ud83d of a pair');
  t.equal((await said).text, 'half \ufffd of a pair');
  await t.rejects(bob.chat(idOf(alice), 'x'.repeat(65_536)), {
    name: 'RangeError',
    message: /^the message has \d+ bytes, the server takes at most 65536$/,
  });
  const frame = JSON.stringify({
    id: idOf(bob),
    msg: '',
    msgid: 6,
    name: 'erin',
    time: '0123456789012345678',
  });
  const room = 65_536 - frame.length - `,"toid":${idOf(alice)}`.length;
  const longest = next(alice);
  await bob.chat(idOf(alice), 'x'.repeat(room));
  t.equal((await longest).text.length, room, 'the longest that the server takes');
  await t.rejects(bob.chat(idOf(alice), 'x'.repeat(room + 1)), RangeError);
});

t.test('requests at once are answered each', async (t) => {
  const client = await connect(t);
  const names = Array.from({ length: 50 }, (_, at) => `one of many ${at}`);
  const ids = await Promise.all(names.map((name) => client.register(name, 'pw')));
  t.equal(new Set(ids).size, names.length);
});

t.test('closing, and a connection that is lost', async (t) => {
  const own = await createChatServer({ port: 0, data: ':memory:' });
  const open = () => ChatClient.connect({ host: own.ip, port: own.port });
  const [closing, losing] = [await open(), await open()];
  const closed = once(closing, 'close');
  await closing.close();
  t.same(await closed, [undefined]);
  await t.rejects(
    closing.register('x', 'pw'),
    new ConnectionLost('the server has closed the connection', 'closed'),
  );
  const lost = once(losing, 'close');
  t.equal(await own.stop(), 0);
  t.match(await lost, [{ message: 'the server has closed the connection' }]);
  await t.rejects(losing.register('x', 'pw'), { message: 'the server has closed the connection' });
  await t.rejects(open(), { code: 'ECONNREFUSED' });
});

t.test('a server that cannot be', async (t) => {
  await t.rejects(createChatServer({ port: server.port, data: ':memory:' }), {
    code: 'EADDRINUSE',
    message: /^cannot listen on 127\.0\.0\.1 \d+ \(EADDRINUSE\): it is taken by another program/,
  });
  await t.rejects(createChatServer({ pace: -1 }), { message: 'pace -1: is below 0' });
  await t.rejects(createChatServer({ ip: 'nowhere' }), { message: 'not an IP address: nowhere' });
});

const WRONG: readonly [options: object, message: string][] = [
  [{ prot: 1 }, 'unknown option prot; did you mean port?'],
  [{ pcae: 1 }, 'unknown option pcae; did you mean pace?'],
  [{ nothingLikeIt: 1 }, 'unknown option nothingLikeIt'],
  [{ workers: 2 }, 'workers: only the command chat-server has it (--workers)'],
  [{ admin: 9100 }, 'admin: only the command chat-server has it (--admin)'],
  [{ adminToken: 'x' }, 'adminToken: only the command chat-server has it (--admin-token)'],
  [{ capture: 'x' }, 'capture: only the command chat-server has it (--capture)'],
  [{ drain: 1 }, 'drain: only the command chat-server has it (--drain)'],
  [{ data: null }, 'data: must be a string, is null'],
  [{ data: 7 }, 'data: must be a string, is 7'],
  [{ data: ['a'] }, 'data: must be a string, is a list'],
  [{ pace: '5' }, 'pace: must be a number, is a string'],
  [{ trustClientIds: 'no' }, 'trustClientIds: must be a boolean, is a string'],
  [{ logLevel: 'loud' }, 'logLevel loud: is none of fatal, error, warn, info, debug, trace, silent'],
];

t.test('options that cannot be are told as on the command line, and nothing is started', async (t) => {
  for (const [options, message] of WRONG) {
    const refused: unknown = await createChatServer({ port: 0, ...options }).catch((error) => error);
    t.match(refused, { message });
    t.ok(refused instanceof ConfigError, message);
  }
});

t.test('every option has its text for an editor, none belongs to a command', async (t) => {
  const types = readFileSync('dist/embed-options.d.ts', 'utf8');
  const members = [...types.matchAll(/(\*\/)?\s*readonly (\w+)\?:/g)];
  t.ok(members.length > 15);
  for (const [, comment, name] of members) t.equal(comment, '*/', `${name}`);
  t.notMatch(types, /readonly (capture|listen|to|workers|admin\w*|fix)\?:/);
});
