import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Client } from '../harness/client.js';
import { until } from '../harness/deadline.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { ALL, fetched, withUnfetched } from './unfetched.js';

t.setTimeout(600_000);

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

/** Writes to user 1 for as long as the connection is there. */
async function talkOn(client: Client): Promise<void> {
  const said = () => client.send('{"id":2,"msg":"and on","msgid":6,"toid":1}\0').catch(() => {});
  for (; !client.ended; await delay(1)) await said();
}

t.test(
  'at a stop a client talks on and reads nothing: what it has not taken is stored, all of it',
  async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const file = join(folder.path, 'chat.db');
    const server = await startServer(['--data', file, '--pace', '0']);
    t.teardown(() => server.child.stop('SIGKILL'));
    const sender = await User.connect(server);
    for (const name of ['sender', 'reader']) await sender.register(name);
    await sender.login(1);
    const { client } = await User.online(server, 2);
    client.pause();
    const talks = talkOn(client);
    // Far more than the system takes for a connection that nobody reads from.
    const [COUNT, TEXT] = [500, 'x'.repeat(60_000)];
    for (let n = 0; n < COUNT; n++) await sender.say({ id: 1, msg: TEXT, msgid: 6, n, toid: 2 });
    await sender.settle();
    t.equal(await server.child.stop(), 0);
    await talks;
    const database = openEmbedded(file);
    t.teardown(() => database.close());
    const { offlinemessage } = await database.rows();
    const stored = offlinemessage.map(({ message }) => Number(JSON.parse(`${message}`).n));
    const first = COUNT - stored.length;
    t.ok(first < COUNT / 2, `${stored.length} of ${COUNT} are stored`);
    t.same(stored, ALL.slice(first, COUNT), 'all behind what the system has taken');
  },
);

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
