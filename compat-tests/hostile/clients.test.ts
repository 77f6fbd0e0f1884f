import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { ChatClient, ChatError, type ChatMessage, ConnectionLost, type Login } from '../../src/index.js';
import { Random } from '../fuzz/random.js';
import { Child } from '../harness/child.js';
import { evilBytes, evilDocument } from './evil-bytes.js';
import { seconds, seeds } from './seeds.js';

const ROUNDS = 150;
const SCREENS = 6;
t.setTimeout(seconds * 1000 + 120_000);

/** How many tests share the time that is asked for. */
const TESTS = 3;

const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
await once(listener, 'listening');
t.teardown(() => listener.close());
const { port } = listener.address() as { port: number };

/** The server's end of the next connection. */
async function accepted(): Promise<Socket> {
  const [socket] = (await once(listener, 'connection')) as [Socket];
  return socket.on('error', () => {}).resume();
}

/** Rejects when a method of ChatClient ends with another error than it may. */
async function expected(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const isExpected = error instanceof ChatError || error instanceof ConnectionLost;
    if (!isExpected && !/^log in first$/.test(String((error as Error).message))) throw error;
  }
}

function isMessage({ from, group, text, time }: ChatMessage): boolean {
  const types = [typeof from.id, typeof from.name, typeof group, typeof text, typeof time].join();
  return /^number,string,(number|undefined),string,string$/.test(types);
}

function isLogin({ id, name, friends, groups, stored }: Login): boolean {
  const isNamed = (one: { id: unknown; name: unknown }) =>
    typeof one.id === 'number' && typeof one.name === 'string';
  return isNamed({ id, name }) && friends.every(isNamed) && groups.every(isNamed) && stored.every(isMessage);
}

t.test('whatever a server sends to ChatClient: answers, errors of its own, and the end', async (t) => {
  let [logins, messages] = [0, 0];
  for (const seed of seeds(ROUNDS, TESTS)) {
    const random = new Random(seed);
    const server = accepted();
    const client = await ChatClient.connect({ host: '127.0.0.1', port, maxDocument: 1 << 20 });
    const closed = once(client, 'close');
    const wrong: unknown[] = [];
    client.on('message', (message) => {
      messages++;
      if (!isMessage(message)) wrong.push(message);
      // A program that logs what comes.
      JSON.stringify(message.document);
    });
    const socket = await server;
    const login = client.login(1, 'pw').then((login) => {
      logins++;
      if (!isLogin(login)) wrong.push(login);
      JSON.stringify(login);
    });
    const asked = [login, client.register('a', 'pw'), client.chat(1, 'hi')].map(expected);
    for (let n = random.int(8); n >= 0; n--) socket.write(evilBytes(random));
    if (random.chance(0.3)) socket.resetAndDestroy();
    else socket.end();
    await Promise.all([...asked, closed]);
    if (wrong.length > 0) t.fail(`FUZZ_SEED=${seed}: ${JSON.stringify(wrong)}`);
  }
  t.ok(logins > 0 && messages > 0, `${logins} logins, ${messages} messages`);
});

t.test('a good document behind any bad ones is heard', async (t) => {
  for (const seed of seeds(ROUNDS, TESTS)) {
    const random = new Random(seed);
    const server = accepted();
    const client = await ChatClient.connect({ host: '127.0.0.1', port });
    const heard = new Promise((resolve) =>
      client.on('message', ({ text }) => text === 'good' && resolve(text)),
    );
    const closed = once(client, 'close');
    const socket = await server;
    for (let n = random.int(20); n >= 0; n--) socket.write(evilDocument(random));
    socket.write('{"id":1,"msg":"good","msgid":6,"name":"a","time":"T","toid":2}');
    if ((await Promise.race([heard, closed])) !== 'good') t.fail(`FUZZ_SEED=${seed}: it was not heard`);
    socket.end();
    await closed;
  }
  t.pass('each');
});

/** Characters that move the cursor, turn text around or hide it. */
const HARMFUL = /[^\P{C}\t\n\u200c\u200d]|[\u2028\u2029]/u;

t.test('whatever a server sends to chat-client: text, and one line at the end', async (t) => {
  for (const seed of seeds(SCREENS, TESTS)) {
    const random = new Random(seed);
    const server = accepted();
    const client = spawn(process.execPath, ['dist/client/main.js', '127.0.0.1', `${port}`], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const shown = Promise.all([text(client.stdout), text(client.stderr), once(client, 'close')]);
    client.stdin.on('error', () => {}).write('2\nalice\npw\n1\n1\npw\nfriends\ngroups\nchat:2:hi\nhelp\n');
    const socket = await server;
    socket.write('{"msgid":5,"errno":0,"id":1}');
    socket.write(`{"msgid":2,"errno":0,"id":1,"name":"a"}${evilDocument(random)}`);
    for (let n = 40; n > 0; n--) socket.write(evilDocument(random));
    if (random.chance(0.5)) socket.write(evilBytes(random));
    socket.end();
    client.stdin.end();
    const [screen, last, [status]] = await shown;
    const harmful = HARMFUL.exec(screen)?.[0].codePointAt(0)?.toString(16);
    t.equal(harmful, undefined, `FUZZ_SEED=${seed}: nothing harmful on the screen`);
    t.match(last, /^(|the server [^\n]*\n|the connection [^\n]*\n)$/, `FUZZ_SEED=${seed}`);
    t.ok(status === 0 || status === 255, `FUZZ_SEED=${seed}: ${status}`);
  }
});

t.test('a document without an end ends the connection, at the bound', async (t) => {
  const server = accepted();
  const client = await ChatClient.connect({ host: '127.0.0.1', port, maxDocument: 1 << 20 });
  const closed = once(client, 'close');
  const socket = await server;
  let isOpen = true;
  void closed.then(() => {
    isOpen = false;
  });
  const asked = t.rejects(client.login(1, 'pw'), {
    message: 'the server sends a document of more than 1048576 bytes',
  });
  socket.write('{"msg":"');
  while (isOpen && !socket.destroyed)
    await Promise.race([new Promise((sent) => socket.write('x'.repeat(65_536), sent)), closed]);
  t.match(await closed, [{ message: 'the server sends a document of more than 1048576 bytes' }]);
  await asked;
});

t.test('a server that does not answer ends the connection', async (t) => {
  const server = accepted();
  const client = await ChatClient.connect({ host: '127.0.0.1', port, replyTimeout: 20 });
  await server;
  await t.rejects(client.login(1, 'pw'), {
    message: 'the server has not answered for 0.02 seconds',
    name: 'Error',
  });
  await t.rejects(client.register('a', 'pw'), { message: /has not answered/ });
});

t.test('a last number that is none: each message that is to have the next one is refused', async (t) => {
  for (const last of [undefined, null, 1e300, 2 ** 53, 2 ** 31, 0.5, '', {}, []]) {
    const coming = accepted();
    const client = await ChatClient.connect({ host: '127.0.0.1', port });
    const socket = await coming;
    const answers = [
      { errno: 0, id: 1, msgid: 2, name: 'n' },
      { can: ['resume'], errno: 0, heartbeat: 0, msgid: 102 },
      ...Array(3).fill({ errno: 0, last, msgid: 122 }),
    ];
    socket.on('data', (bytes) => {
      for (const byte of bytes) if (byte === 0) socket.write(JSON.stringify(answers.shift() ?? {}));
    });
    await client.login(1, 'p');
    const sent = await Promise.allSettled([1, 2, 3].map((n) => client.send(2, `m${n}`)));
    for (const one of sent) t.match(one, { status: 'rejected', reason: { errno: 0 } }, `${last}`);
    socket.destroy();
    await client.close();
  }
});

t.test('a thousand sends that wait for a server that does not read: no warning, and an end', async (t) => {
  const warned = (warning: Error) => t.fail(`${warning}`);
  process.on('warning', warned);
  t.teardown(() => process.off('warning', warned));
  const server = accepted();
  const client = await ChatClient.connect({ host: '127.0.0.1', port });
  const socket = await server;
  const login = client.login(1, 'pw');
  socket.write('{"msgid":2,"errno":0,"id":1,"name":"a"}');
  await login;
  socket.pause();
  const sends = Promise.allSettled(Array.from({ length: 1000 }, () => client.chat(1, 'x'.repeat(60_000))));
  socket.resetAndDestroy();
  const lost = (await sends).filter(({ status }) => status === 'rejected');
  t.ok(lost.length > 0);
  for (const { reason } of lost as PromiseRejectedResult[])
    if (!(reason instanceof ConnectionLost)) t.fail(String(reason));
});

/** A program whose listener throws, and which goes on. */
const PROGRAM = `
  import { ChatClient } from './dist/index.js';
  process.on('uncaughtException', ({ message }) => console.log('uncaught', message));
  const client = await ChatClient.connect({ host: '127.0.0.1', port: ${port} });
  client.on('message', ({ text }) => {
    console.log(text);
    if (text === 'one') throw new Error('mine');
  });
  client.on('close', ({ message }) => console.log(message));
`;

t.test("what a program's own listener throws is its own, and what comes behind it is heard", async (t) => {
  const server = accepted();
  const program = new Child(process.execPath, ['--input-type=module', '-e', PROGRAM]);
  const socket = await server;
  socket.write('{"msg":"one","msgid":6}{"msg":"two","msgid":6}');
  await program.logged(/uncaught mine/);
  socket.end();
  t.equal(await program.ended, 0);
  t.same(program.log.trim().split('\n').sort(), [
    ...['one', 'the server has closed the connection', 'two', 'uncaught mine'],
  ]);
});
