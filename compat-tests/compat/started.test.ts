import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { runTool, verdicts } from './tool.js';

t.setTimeout(600_000);
const PATIENT = ['--timeout', '20'];

/** A program that passes everything on to ours, until somebody says hello. */
const until = (hello: string, from: number, to: number) => `
import { connect, createServer } from 'node:net';
const clients = new Set();
const relay = createServer((client) => {
  clients.add(client);
  const server = connect(${to}, '127.0.0.1');
  client.on('error', () => server.destroy()).on('end', () => server.end());
  server.on('error', () => client.destroy()).pipe(client);
  client.on('data', (bytes) => {
    if (String(bytes).includes('"msg":"hello"')) { ${hello} }
    server.write(bytes);
  });
}).listen(${from}, '127.0.0.1');
`;

/** A line of shell that starts such a program, and its port. */
async function command(t: Test, hello: string): Promise<{ start: string; port: number }> {
  const server = await startServer(['--data', ':memory:', '--pace', '0']);
  const folder = newFolder();
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  const [file, port] = [join(folder.path, 'relay.mjs'), await freePort()];
  writeFileSync(file, until(hello, port, server.port));
  return { start: `'${process.execPath}' '${file}'`, port };
}

t.test(
  'a server that ends: how, and what it said last, in the report; the next case has a new one',
  async (t) => {
    const { start, port } = await command(t, `console.error('first\\nthe last word'); process.exit(3);`);
    const only = ['--only', 'session/chat,session/chat-to-oneself'];
    const run = await runTool(port, '--start', `exec ${start}`, ...only, ...PATIENT);
    t.equal(run.status, 1, run.log);
    t.same(verdicts(run, 'session/chat', 'session/chat-to-oneself'), ['ended', 'same'], run.log);
    t.match(run.results.get('session/chat')?.finding, {
      fault: { farewell: { status: 3, said: 'first\nthe last word' } },
    });
    t.match(run.log, /^ {2}the server ended with 3: the last word$/m);
  },
);

t.test(
  'a server that hangs: it is killed, which the report says, and the next case has a new one',
  async (t) => {
    const hangs =
      'setInterval(() => {}, 1000); relay.close(); for (const one of clients) one.destroy(); return;';
    const { start, port } = await command(t, hangs);
    const only = ['--only', 'session/chat,session/chat-to-oneself'];
    const run = await runTool(port, '--start', start, ...only, ...PATIENT);
    t.equal(run.status, 1, run.log);
    t.same(verdicts(run, 'session/chat', 'session/chat-to-oneself'), ['ended', 'same'], run.log);
    t.match(run.log, /^ {2}the server ran on without an answer, and was killed$/m);
  },
);

for (const [what, start, line] of [
  ['that ends', 'echo no such file >&2; exit 3', /--start has ended \(3\).*no such file/],
  [
    'that goes into the background',
    'sleep 600 &',
    /--start has ended \(0\): the server must run in its fore/,
  ],
] as const)
  t.test(`a command of --start ${what} before it listens could not be tested`, async (t) => {
    const run = await runTool(await freePort(), '--start', start, ...PATIENT);
    t.equal(run.status, 2, run.log);
    t.match(run.log, line);
  });

t.test('another server than that of --start is not tested in its place', async (t) => {
  const other = createServer((socket) => socket.on('error', () => socket.destroy())).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  t.teardown(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const run = await runTool(port, '--start', 'sleep 600', '--timeout', '2');
  t.equal(run.status, 2, run.log);
  t.match(run.log, /something listens on 127\.0\.0\.1:\d+ that --start has not started/);
});
