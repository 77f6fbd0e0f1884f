import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';
import { faulty, runTool, verdicts } from './tool.js';

t.setTimeout(600_000);

/** A server that does this with every connection. */
async function serving(t: Test, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Writes a hundred megabytes, as fast as they are read. */
function flood(socket: Socket): void {
  let left = 100;
  const chunk = Buffer.alloc(1 << 20, '{"a":"');
  const more = () => {
    while (left-- > 0) if (!socket.write(chunk)) return;
    socket.end();
  };
  socket.on('drain', more);
  socket.once('data', more);
}

/** Says the same again and again. */
function dripping(socket: Socket, text: string): void {
  socket.once('data', () => {
    const timer = setInterval(() => socket.write(text), 20);
    socket.once('close', () => clearInterval(timer));
  });
}

/** Answers go to the first who has come. */
function answersAnother(): (socket: Socket) => void {
  let first: Socket | undefined;
  return (socket) => {
    first ??= socket;
    const other = first;
    socket.on('data', () => socket !== other && other.write('{"errno":0,"id":7,"msgid":5}'));
  };
}

const LIARS: Readonly<Record<string, [serve: (socket: Socket) => void, line: RegExp]>> = {
  'never answers': [(socket) => socket.resume(), /does not answer a registration/],
  'closes at once': [(socket) => socket.end(), /closes the connection instead of answering|ECONNRESET/],
  'is a web server': [
    (socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    /closes the connection instead of answering a registration/,
  ],
  'answers something else': [
    (socket) => socket.on('data', () => socket.write('{"ok":true}')),
    /is answered "\{\\"ok\\":true\}", which is no registration in the dialect original/,
  ],
  'never comes to the end of a document': [
    (socket) => dripping(socket, '{"a'),
    /does not answer a registration: .* It sent "\{\\"a/,
  ],
  'always says the same': [
    // A registration is answered so; what is asked behind it is not.
    (socket) => dripping(socket, '{"errno":0,"id":7,"msgid":5}'),
    /does not answer a login: /,
  ],
  'answers somebody else': [answersAnother(), /does not answer a registration: /],
  'sends 100 MB': [flood, /sent more than|more than \d+ bytes/],
};

const IN_VAIN = new Set([
  'never answers',
  'never comes to the end of a document',
  'always says the same',
  'answers somebody else',
]);

for (const [what, [serve, line]] of Object.entries(LIARS))
  t.test(`a server that ${what} could not be tested, and a line says why`, async (t) => {
    const port = await serving(t, serve);
    // Some are waited for in vain.
    const run = await runTool(port, '--timeout', IN_VAIN.has(what) ? '2' : '30');
    t.equal(run.status, 2, run.log);
    t.match(run.log, line);
    t.equal(run.log.trim().split('\n').length, 1, 'in one line');
  });

t.test('where nobody listens, nothing could be tested', async (t) => {
  const run = await runTool(await freePort());
  t.equal(run.status, 2);
  t.match(run.log, /nobody can be connected to \(ECONNREFUSED\)/);
});

const BROKEN: Readonly<Record<string, [from: RegExp, to: string, found: string[]]>> = {
  'another byte in the reply to a registration': [
    /"errno":0,("id":\d+,"msgid":5)/g,
    '"errno":0, $1',
    ['session/register'],
  ],
  'another byte in the reply to a login': [/"msgid":2,"name"/g, '"msgid":2,"Name"', ['session/login']],
  'another byte in a refused login': [
    /password is invalid!/g,
    'password is invalid.',
    ['session/wrong-password'],
  ],
  'another byte in a refused registration': [
    /"errno":1,"msgid":5/g,
    '"errno":4,"msgid":5',
    ['session/register-taken-name'],
  ],
  'another byte where an account is in use': [
    /is using, input/g,
    'is using. input',
    ['session/account-in-use'],
  ],
  'another byte in a message': [/"msg":"one more"/g, '"msg":"one m0re"', ['session/chat']],
  'another byte in a group message': [
    /"msg":"to all","msgid":10/g,
    '"msg":"to alL","msgid":10',
    ['session/group-chat'],
  ],
  'members in another order': [
    /\\"users\\":\[(.*?\}\\"),(.*?\}\\"),(.*?\}\\")\]/g,
    '\\"users\\":[$1,$3,$2]',
    ['session/group'],
  ],
  'groups in another order': [
    /"groups":\[(".*?\]\}"),(".*?\]\}"),(".*?\]\}")\]/g,
    '"groups":[$1,$3,$2]',
    ['session/groups'],
  ],
  'another byte in a stored message': [/number 42/g, 'number 47', ['stored/many']],
  'friends in another order': [
    /"friends":\[("[^\]]*?\}"),("[^\]]*?\}")\]/g,
    '"friends":[$2,$1]',
    ['session/friends'],
  ],
  'a message of three hundred that is lost': [/\{[^{}]*"msg":"217"[^{}]*\}/g, '', ['order/one-by-one']],
};

for (const [what, [from, to, found]] of Object.entries(BROKEN))
  t.test(`${what} is found`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    const relay = await breaking(server.port, (text) => text.replace(from, to));
    t.teardown(async () => {
      relay.close();
      await server.child.stop('SIGKILL');
    });
    const group = (found[0] ?? '').split('/')[0] ?? '';
    const run = await runTool(relay.port, '--only', group, '--timeout', '15');
    t.equal(run.status, 1, run.log);
    const wrong = faulty(run);
    for (const id of found) t.ok(wrong.includes(id), `${id}: ${wrong}`);
  });

t.test('a server that ends in a case has ended, and what was not run is told', async (t) => {
  const server = await startServer(['--data', ':memory:']);
  const relay = await breaking(server.port, (text) => {
    if (text.includes('"msg":"hello"')) relay.close();
    return text;
  });
  t.teardown(async () => {
    relay.close();
    await server.child.stop('SIGKILL');
  });
  const run = await runTool(relay.port, '--only', 'session', '--timeout', '15');
  t.equal(run.status, 1, run.log);
  t.same(verdicts(run, 'session/login', 'session/chat', 'session/chat-to-oneself'), [
    'same',
    'ended',
    'not run',
  ]);
});
