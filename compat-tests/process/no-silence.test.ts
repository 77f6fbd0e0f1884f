import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

// Whatever answers in the place of a server, a database, Redis or an admin port: each command says something, and ends.
t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());
const data = `${folder.path}/chat.db`;
const seeded = new Child(process.execPath, ['dist/main.js', 'init', '--data', data]);
t.equal(await seeded.ended, 0);
writeFileSync(`${folder.path}/token`, 'a token of sixteen characters');

const PEERS: Readonly<Record<string, (socket: Socket) => void>> = {
  'hangs up at once': (socket) => socket.end(),
  'reads and hangs up': (socket) => socket.end().resume(),
  resets: (socket) => socket.resetAndDestroy(),
  'says something else and hangs up': (socket) => socket.end('\0\u0001\u0002 no protocol\r\n\r\n'),
  'answers as the web does': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
};

/** All commands that speak to somebody, with the port of who that is. */
function commands(port: number): string[][] {
  const mysql = ['--mysql', `mysql://root:secret@127.0.0.1:${port}/chat`];
  const admin = ['--admin', `${port}`, '--admin-token-file', `${folder.path}/token`];
  return [
    ['127.0.0.1', '0', ...mysql],
    ['check', '127.0.0.1', `${port}`, '--running'],
    ['check', '127.0.0.1', `${port}`, '--data', ':memory:'],
    ['check', ...mysql, '--redis', `redis://127.0.0.1:${port}`],
    ['init', ...mysql],
    ['move', 'mysql', '--data', data, ...mysql],
    ['move', 'embedded', '--data', `${data}-new`, ...mysql],
    ['user', '1', ...mysql],
    ['users', ...admin],
    ['kick', '1', ...admin],
    ['say', 'hello', ...admin],
  ];
}

for (const [what, peer] of Object.entries(PEERS))
  t.test(`a peer that ${what}`, async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      peer(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const ends = commands(port).map(async (args) => {
      const child = new Child(process.execPath, ['dist/main.js', ...args]);
      return { args, status: await child.ended, log: child.log };
    });
    for (const { args, status, log } of await Promise.all(ends)) {
      const words = args.map((arg) => arg.replace(`${port}`, 'PORT')).join(' ');
      t.ok(status === 1 || status === 0, `${words} ends with ${status}`);
      t.match(log, /\w/, words);
      t.notMatch(log, /secret|unsettled|fault of the program|\n {4}at /, words);
    }
    server.close();
  });
