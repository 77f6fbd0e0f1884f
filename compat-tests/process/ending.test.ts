import { readFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import { until } from '../harness/deadline.js';
import { startServer } from '../harness/server.js';
import { ALL, fetched, withUnfetched } from './unfetched.js';

async function start(test: Test, ...options: string[]) {
  const server = await startServer(['--data', ':memory:', '--pace', '0', ...options]);
  test.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

/** Resolves when the server has ended its side of a connection. Linux tells: 01 is an open connection. */
async function isEnding(serverPort: number, clientPort: number): Promise<void> {
  const [server, client] = [serverPort, clientPort].map((port) =>
    port.toString(16).toUpperCase().padStart(4, '0'),
  );
  const open = new RegExp(`:${server} 0100007F:${client} 01 `);
  await until(
    async () => !open.test(await readFile('/proc/net/tcp', 'latin1')),
    'the server to end a connection',
  );
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  t.test(`after ${signal} a client that still sends gets what it had not fetched`, async (t) => {
    const server = await start(t);
    const reader = await withUnfetched(server);
    server.child.signal(signal);
    await server.child.logged(/stopping/);
    await new Promise((resolve) => reader.write('{', resolve));
    t.same(await fetched(reader), ALL);
    t.equal(await server.child.ended, 0);
  });

t.test('a client that sends too long a message gets what it had not fetched', async (t) => {
  const server = await start(t);
  const reader = await withUnfetched(server);
  reader.write(`{"id":2,"msgid":6,"msg":"${'x'.repeat(1_000_000)}`);
  await server.child.logged(/too long/);
  t.same(await fetched(reader), ALL);
});

t.test('a client that was silent for too long, and then is not, gets what it had not fetched', async (t) => {
  const server = await start(t, '--idle', '1');
  const reader = await withUnfetched(server);
  await isEnding(server.port, reader.localPort as number);
  reader.write('{');
  t.same(await fetched(reader), ALL);
});

t.test('a client that never closes does not keep a stopping server for long', async (t) => {
  const server = await start(t);
  const reader = await withUnfetched(server);
  t.equal(await server.child.stop(), 0);
  reader.destroy();
});
