import t, { type Test } from 'tap';
import {
  type ChatServerOptions,
  type ChatUser,
  ConfigError,
  createChatServer,
  type MessageEvent,
  type RunningChatServer,
  type WantedMessage,
} from '../../src/index.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** A server with so many accounts, and what it has logged. */
async function serve(t: Test, accounts: number, options: ChatServerOptions) {
  const lines: string[] = [];
  const take = (level: string) => (fields: object, text: string) =>
    void lines.push(`${level} ${text} ${JSON.stringify(fields)}`);
  const logger = { error: take('error'), warn: take('warn'), info: take('info'), debug: take('debug') };
  const server = await createChatServer({ port: 0, data: ':memory:', pace: 0, logger, ...options });
  t.teardown(() => server.stop());
  const user = await User.connect(server);
  for (let id = 1; id <= accounts; id++) await user.register(`user ${id}`);
  await user.close();
  return { server, lines };
}

const online = (server: RunningChatServer, ...ids: number[]) =>
  Promise.all(ids.map((id) => User.online(server, id)));

t.test('a program is told who comes and goes, and where messages went', async (t) => {
  const seen: unknown[] = [];
  const onLogin = (user: ChatUser) => void seen.push(['login', user]);
  const onLogout = (user: ChatUser) => void seen.push(['logout', user]);
  const onMessage = ({ to, outcome, document }: MessageEvent) => {
    seen.push([outcome, to, document.id, document.msg]);
  };
  const { server } = await serve(t, 3, { onLogin, onLogout, onMessage });
  const one = await User.online(server, 1);
  const two = await User.online(server, 2);
  await one.chat(1, 2, 'to who is here');
  await two.hear();
  await one.chat(1, 3, 'to who is not');
  await one.say({ id: 1, msgid: 3 });
  t.same(await one.settle(), []);
  await server.stop();
  const about = (id: number) => ({ id, name: `user ${id}`, address: '127.0.0.1' });
  const order = (what: unknown) => JSON.stringify(what);
  const wanted = [
    ['login', about(1)],
    ['login', about(2)],
    ['here', 2, 1, 'to who is here'],
    ['stored', 3, 1, 'to who is not'],
    ['logout', about(1)],
    ['logout', about(2)],
  ];
  t.same(seen.map(order).sort(), wanted.map(order).sort());
});

t.test('what listeners throw costs nobody anything, and is logged', async (t) => {
  const fail = () => {
    throw new Error('a fault of the program');
  };
  const reject = async () => fail();
  const { server, lines } = await serve(t, 2, { onLogin: fail, onLogout: reject, onMessage: fail });
  const [one, two] = await online(server, 1, 2);
  await one?.chat(1, 2, 'hello');
  t.match(await two?.hear(), { msg: 'hello' });
  t.equal(await server.stop(), 0);
  t.match(
    lines.join('\n'),
    /^error an unexpected error .*"where":"onLogin","reason":"a fault of the program"/m,
  );
  t.match(lines.join('\n'), /"where":"onMessage"/);
});

t.test('a program sees who is here, ends connections, speaks to all, and reads metrics', async (t) => {
  const { server } = await serve(t, 2, {});
  const [one, two] = (await online(server, 1, 2)) as [User, User];
  t.match(
    server.users().sort((a, b) => a.id - b.id),
    [
      { id: 1, name: 'user 1', address: '127.0.0.1' },
      { id: 2, name: 'user 2' },
    ],
  );
  t.equal(server.say('it is late'), 2);
  t.match([await one.hear(), await two.hear()], [{ msg: 'it is late' }, { msg: 'it is late' }]);
  t.throws(() => server.say('x'.repeat(501)), RangeError);
  t.throws(() => server.kick(Number.NaN), TypeError);
  t.throws(() => server.kick(1, -1), TypeError);
  t.equal(server.kick(2 ** 40, 60), 0, 'nobody has such an id');
  t.equal(server.kick(99, 1e9 + 0.001), 0, 'a time that no node could tell another');
  t.equal(server.kick(1, 60), 1);
  t.same(await one.rest(), []);
  const again = await User.connect(server);
  t.match(await again.login(1), { errno: 2 }, 'nobody may log in to it now');
  const metrics = await server.metrics();
  t.match(metrics, /^chat_users 1$/m);
  t.match(metrics, /^chat_messages_total\{verb="login"\} \d+$/m);
  t.notMatch(metrics, /^process_cpu/m, 'those of the process are the program’s own');
});

t.test('a program decides who may log in', async (t) => {
  const authenticate = ({ name, password }: { name: string; password: string }) => {
    if (name === 'user 3') throw new Error('the directory is away');
    if (name === 'user 4') return new Promise<boolean>(() => {});
    return name === 'user 1' ? Promise.resolve(password === 'from elsewhere') : undefined;
  };
  const { server, lines } = await serve(t, 4, { authenticate, patience: 20 });
  const user = await User.connect(server);
  t.match(await user.login(1, 'pw'), { errno: 1 }, 'its word counts');
  t.match(await user.login(3), { errno: 3 }, 'who throws costs that one login');
  t.match(await user.login(4), { errno: 3 }, 'and who never answers');
  t.match(await user.login(2, 'wrong'), { errno: 1 }, 'where it leaves it open the password decides');
  t.match(await user.login(2), { errno: 0 });
  t.match(await user.login(1, 'from elsewhere'), { errno: 0 });
  t.match(await user.login(5), { errno: 1 }, 'it makes no accounts');
  t.match(lines.join('\n'), /"where":"authenticate","reason":"the directory is away"/);
  t.match(lines.join('\n'), /authenticate has not answered within 20 ms/);
});

t.test('a program decides which messages are sent, and holds up nobody else', async (t) => {
  const asked: WantedMessage[] = [];
  let decide = (_: boolean) => {};
  const allow = (message: WantedMessage) => {
    asked.push(message);
    const { msg } = JSON.parse(message.json);
    if (msg === 'throw') throw new Error('a fault of the program');
    if (msg === 'wait') return new Promise<boolean>((resolve) => (decide = resolve));
    return msg !== 'no';
  };
  const { server, lines } = await serve(t, 3, { allow, patience: 600_000 });
  const [one, two, three] = (await online(server, 1, 2, 3)) as [User, User, User];
  for (const msg of ['no', 'throw', 'wait', 'after']) await one.chat(1, 3, msg);
  await two.chat(2, 3, 'of another');
  t.match(await three.hear(), { id: 2, msg: 'of another' }, 'others do not wait');
  while (asked.length < 4) await two.settle();
  const ofOne = asked.filter(({ from }) => from === 1);
  t.same(
    ofOne.map(({ to, group }) => [to, group]),
    Array(3).fill([3, undefined]),
    'not yet of what is behind the one that waits',
  );
  decide(true);
  t.match([await three.hear(), await three.hear()], [{ msg: 'wait' }, { msg: 'after' }], 'in order');
  await one.say({ groupdesc: '', groupname: 'g', id: 1, msgid: 8 });
  await one.settle();
  await three.say({ groupid: 1, id: 3, msgid: 9 });
  await three.settle();
  await one.groupChat(1, 1, 'to a group');
  t.match(await three.hear(), { groupid: 1, msg: 'to a group' });
  t.match(asked.at(-1), { from: 1, to: undefined, group: 1 });
  await two.say({ id: 1, msgid: 6, toid: 3, msg: 'forged' });
  await two.settle();
  t.notOk(
    asked.some(({ json }) => json.includes('forged')),
    'it is asked of nothing that is refused anyway',
  );
  t.match(lines.join('\n'), /the program does not allow it/);
});

t.test('a message on which the program never decides is refused, and what follows it goes on', async (t) => {
  const allow = ({ json }: WantedMessage) =>
    json.includes('for ever') ? new Promise<boolean>(() => {}) : Promise.resolve(true);
  const { server } = await serve(t, 2, { allow, patience: 20 });
  const [one, two] = (await online(server, 1, 2)) as [User, User];
  for (const msg of ['for ever', 'after']) await one.chat(1, 2, msg);
  t.match(await two.hear(), { msg: 'after' });
});

const WRONG: readonly [options: object, message: string][] = [
  [{ port: '6000' }, 'port: must be a number, is a string; did you mean port: 6000 without quotes?'],
  [{ port: 'six' }, 'port: must be a number, is a string'],
  [{ port: null }, 'port: must be a number, is null'],
  [{ port: 70_000 }, 'not a port: 70000'],
  [{ ip: 1 }, 'ip: must be a string, is 1'],
  [{ onMesage: () => {} }, 'unknown option onMesage; did you mean onMessage?'],
  [{ onLogin: 'x' }, 'onLogin: must be a function, is x'],
  [{ patience: 0 }, 'patience: must be a number of milliseconds, is 0'],
  [{ logger: {} }, 'logger: has no function error'],
];

t.test('what it cannot be given is told before anything is started', async (t) => {
  for (const [options, message] of WRONG) {
    const refused: unknown = await createChatServer({ data: ':memory:', ...options }).catch((error) => error);
    t.ok(refused instanceof ConfigError, message);
    t.equal((refused as Error).message, message);
  }
});
