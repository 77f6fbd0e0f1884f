import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { startServer } from '../harness/server.js';
import { check } from './checking.js';

t.setTimeout(600_000);

t.test('a server whose database is away, or does not answer, is alive', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const url = await mariadb.createDatabase('chat');
  const server = await startServer(['--mysql', url]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const alive = () => check('127.0.0.1', `${server.port}`, '--running');
  t.match(await alive(), [0, /^fine port a chat server answers/]);
  mariadb.freeze();
  t.match(await alive(), [
    0,
    /^warning port .* its database is away\n -> bring the database back; do not stop/,
  ]);
  mariadb.thaw();
  await mariadb.kill();
  t.match(await alive(), [0, /^warning port .* its database is away/]);
});

t.test('who hangs up is told of, with what to do', async (t) => {
  const hangUps: ((socket: Socket) => void)[] = [
    (socket) => socket.end(),
    (socket) => socket.once('data', () => socket.end()),
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
  ];
  for (const hangUp of hangUps) {
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      hangUp(socket);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    t.match(await check('127.0.0.1', `${port}`, '--running'), [
      1,
      /^broken port whoever listens on \S+ ends the connection without an answer\n -> give the --proxy-from/,
    ]);
    other.close();
  }
});

t.test('a server that waits for a proxy, asked by who does not know that', async (t) => {
  const server = await startServer(['--data', ':memory:', '--proxy-from', '127.0.0.1']);
  t.teardown(() => server.child.stop('SIGKILL'));
  t.match(await check('127.0.0.1', `${server.port}`, '--running'), [1, /-> give the --proxy-from/]);
});
