import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import { BUILT_IN } from '../dialect/builtin.js';
import { compile } from '../dialect/compile.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { LIMITS } from '../limits.js';
import { Connection, type ConnectionHost } from './connection.js';
import { flushLater } from './flusher.js';
import { guarded, onUnexpected } from './guard.js';
import { Listener } from './listener.js';

const dialect = compile('original', BUILT_IN.original);

/** The errors that were told as unexpected while a test ran. */
function unexpectedIn(t: Test): string[] {
  const told: string[] = [];
  t.teardown(onUnexpected((error) => told.push((error as Error).message)));
  return told;
}

function host(parts: Partial<ConnectionHost>): ConnectionHost {
  return {
    ...aConnectionHost(1e9),
    scanners: new ScannerPool(dialect.scanned),
    limits: { ...LIMITS, maxMessage: 1000, pace: 0, frame: undefined },
    ...parts,
  };
}

/** A client, and what serves it. */
async function served(
  t: Test,
  parts: Partial<ConnectionHost>,
): Promise<{ client: Socket; connection: Connection }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = connect(port, '127.0.0.1').on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  t.teardown(() => server.close());
  return { client, connection: new Connection(socket, 'a', host(parts)) };
}

const fails = (what: string) => () => {
  throw new Error(what);
};
const later = (what: string) => () => turn().then(fails(what));

/** Each part that may throw, and what makes it. */
const THROWING: Record<string, [parts: Partial<ConnectionHost>, bytes: string]> = {
  handle: [{ handle: fails('handle') }, '{}'],
  'handle of what follows': [
    { handle: (_, message) => (message.has('id') ? fails('handle of what follows')() : turn()) },
    '{}{"id":1}',
  ],
  fault: [{ fault: fails('fault') }, 'nonsense'],
  first: [{ first: fails('first') }, '{}'],
  closed: [{ closed: fails('closed') }, ''],
};

for (const [what, [parts, bytes]] of Object.entries(THROWING)) {
  t.test(`what ${what} throws costs one connection, and is told`, async (t) => {
    const told = unexpectedIn(t);
    const { client } = await served(t, parts);
    if (bytes === '') client.end();
    else client.write(bytes);
    await once(client.resume(), 'close');
    t.same(told, [what]);
  });
}

t.test('what is thrown while output waits or has left costs one connection', async (t) => {
  const told = unexpectedIn(t);
  const left = { userid: 1, sent: fails('left'), unsent: () => {} };
  const { client, connection } = await served(t, {});
  connection.send(Buffer.from('x'), left);
  await once(client.resume(), 'close');
  t.same(told, ['left']);
});

t.test('one that throws when it is flushed keeps no other from it, now or later', async (t) => {
  const told = unexpectedIn(t);
  let flushed = 0;
  for (let n = 0; n < 2; n++) {
    flushLater({ flush: fails('flush') });
    flushLater({ flush: () => flushed++ });
    await turn();
    await turn();
  }
  t.equal(flushed, 2);
  t.same(told, ['flush', 'flush']);
});

t.test('a port takes the next client after one that could not be welcomed', async (t) => {
  const told = unexpectedIn(t);
  const events = { refused: () => {}, full: () => {}, roomAgain: () => {} };
  const listener = new Listener({ room: undefined, keepAlive: 1000 }, events);
  let welcomed = 0;
  const port = await listener.listen(0, '127.0.0.1', (socket) => {
    if (welcomed++ === 0) fails('welcome')();
    socket.end();
  });
  for (let n = 0; n < 2; n++) await once(connect(port, '127.0.0.1').resume(), 'close');
  t.equal(welcomed, 2);
  t.same(told, ['welcome']);
  await listener.close();
});

t.test('what a timer, a signal or another process calls never throws and never rejects', async (t) => {
  const told = unexpectedIn(t);
  guarded('a test', fails('now'))();
  guarded('a test', later('later'))();
  await turn();
  await turn();
  t.same(told, ['now', 'later']);
});
