import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { freePort } from '../harness/port.js';
import { runTool } from './tool.js';

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
