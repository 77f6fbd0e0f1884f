import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { LIMITS } from '../../src/limits.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { metric } from '../harness/metric.js';
import { MB, resident } from '../harness/resident.js';
import { type Server, startServer } from '../harness/server.js';
import { upgradeHead } from '../harness/upgrade.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** The least that can be given. */
const KEPT = 1_048_576;
/** A process of Node may take this many bytes more than are counted: buffers of reads, garbage that is not collected yet. */
const MOST = 150 * MB;

interface Scene {
  readonly server: Server;
  readonly metric: (name: string) => Promise<number>;
  readonly before: number;
}

async function scene(t: Test, ...more: string[]): Promise<Scene> {
  const options = ['--data', ':memory:', '--pace', '0', '--login-failures', '0', '--admin', '0'];
  const server = await startServer([...options, '--max-kept', `${KEPT}`, ...more]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const metricOf = (line: string) => metric(server, line);
  await metricOf('chat_users');
  return { server, metric: metricOf, before: resident(server.child.pid) };
}

/** Connections that read nothing. */
async function deaf(t: Test, { port }: Server, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    sockets.push(socket.pause());
  }
  t.teardown(() => sockets.map((socket) => socket.destroy()));
  return sockets;
}

/** Writes a text again and again for as long as it is read. */
function pour(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
    socket.once('drain', more);
  };
  more();
}

t.test('replies that nobody reads are kept up to the limit, then who asks is not read from', async (t) => {
  // The answers are long, so that what the system takes by itself is soon full.
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const dialect = `${folder.path}/dialect.json`;
  writeFileSync(dialect, JSON.stringify({ results: { invalid: { errmsg: 'x'.repeat(2000) } } }));
  const at = await scene(t, '--dialect', dialect);
  const COUNT = 12;
  for (const socket of await deaf(t, at.server, COUNT)) pour(socket, '{"msgid":1}'.repeat(1000));
  await until(async () => (await at.metric('chat_braked_clients')) === COUNT, 'all of them to be braked');
  const [used, grown] = [await at.metric('chat_backlog_bytes'), resident(at.server.child.pid) - at.before];
  // Bytes that each may have read ahead are on top.
  t.ok(used < KEPT + COUNT * LIMITS.maxHeld, `${used} bytes are kept`);
  t.ok(grown < MOST, `it grew by ${(grown / MB).toFixed()} MB`);
  const user = await User.connect(at.server);
  t.equal((await user.register('somebody')).errno, 0, 'others are served');
  await user.close();
});

t.test('what strangers begin and do not end is kept up to the limit, then they have to go', async (t) => {
  const at = await scene(t);
  const user = await User.connect(at.server);
  await user.register('somebody');
  await user.login(1);
  const sockets = await deaf(t, at.server, 300);
  for (const socket of sockets) socket.write(`{"msg":"${'x'.repeat(60_000)}`);
  // A client that is put off until others had their turn is sent away a moment later.
  await until(
    async () =>
      (await at.metric('chat_dropped_total{reason="no room"}')) > 200 &&
      (await at.metric('chat_backlog_bytes')) < 2 * KEPT,
    'most to be sent away',
  );
  const [used, grown] = [await at.metric('chat_backlog_bytes'), resident(at.server.child.pid) - at.before];
  t.ok(used > KEPT / 2 && used < 2 * KEPT, `${used} bytes are kept`);
  t.ok(grown < MOST, `it grew by ${(grown / MB).toFixed()} MB`);
  await user.chat(1, 1, 'x'.repeat(50_000));
  t.match(await user.hear(), { msg: 'x'.repeat(50_000) }, 'who is logged in is served');
  for (const socket of sockets) socket.destroy();
  await until(async () => (await at.metric('chat_backlog_bytes')) === 0, 'all to be given back');
  await user.close();
});

/** These begin something that they do not end: a frame, or a message in frames between pongs. */
const PONGS = '\x8a\x80\0\0\0\0'.repeat(10_000);
const BEGUN = [
  `\x81\xfe\xea\x60\0\0\0\0${'x'.repeat(59_000)}`,
  `\x01\x81\0\0\0\0{${PONGS}\0\x81\0\0\0\0 ${PONGS}`,
];

t.test('the same on a WebSocket, in one frame or in several', async (t) => {
  for (const begun of BEGUN) {
    const at = await scene(t, '--web', '0');
    const [line] = await at.server.child.logged(/^.*"msg":"listening".*$/m);
    const port = Number(new URL(JSON.parse(line).web).port);
    const sockets = await deaf(t, { ...at.server, port }, 300);
    for (const socket of sockets) socket.write(Buffer.from(upgradeHead() + begun, 'latin1'));
    await until(
      async () => (await at.metric('chat_dropped_total{reason="no room"}')) > 200,
      'most to be sent away',
    );
    const used = await at.metric('chat_backlog_bytes');
    t.ok(used > KEPT / 2 && used < 2 * KEPT, `${used} bytes are kept`);
    for (const socket of sockets) socket.destroy();
    await until(async () => (await at.metric('chat_backlog_bytes')) === 0, 'all to be given back');
  }
});
