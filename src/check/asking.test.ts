import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { loadDialect } from '../dialect/load.js';
import { ask } from './asking.js';
import { unavailableOf } from './hello.js';

const settings = { dialect: loadDialect('original'), 'proxy-from': undefined };
const LONG = 60_000;

/** The result of asking a listener that does this with a connection. */
async function asked(listener: (socket: Socket) => void, patience = LONG) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const manner = await ask({ ip: '127.0.0.1', port }, settings, patience);
  server.close();
  return manner;
}

t.test('each way to answer a login, and not to', async (t) => {
  const after = (work: (socket: Socket) => void) => (socket: Socket) => {
    socket.on('error', () => undefined).once('data', () => work(socket));
  };
  t.equal(await asked(after((socket) => socket.end('{"errno":1,"msgid":2}'))), 'answers');
  t.equal(await asked(after((socket) => socket.end(unavailableOf(settings.dialect)))), 'unavailable');
  t.equal(await asked(after((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))), 'speaks otherwise');
  t.equal(await asked(after((socket) => socket.end())), 'closes', 'reads and hangs up');
  t.equal(await asked(after((socket) => socket.resetAndDestroy())), 'closes', 'reads and resets');
  t.equal(await asked((socket) => socket.end().resume()), 'closes', 'hangs up at once');
  t.equal(await asked((socket) => socket.on('error', () => undefined).destroy()), 'closes');
  t.equal(await asked((socket) => socket.resume(), 1), 'silent');
});

t.test('nobody there', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  t.equal(await ask({ ip: '127.0.0.1', port }, settings, LONG), 'refuses');
});
