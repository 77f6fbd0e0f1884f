import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';

t.setTimeout(600_000);
const server = await startServer(['--data', ':memory:', '--pace', '0']);
t.teardown(() => server.child.stop('SIGKILL'));
const at = `127.0.0.1:${server.port}`;

/** Runs before the tool, and writes down where each of its sockets is connected to. */
const witness = (file: string) => `
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
subscribe('net.client.socket', ({ socket }) => socket.once('connect', () => {
  appendFileSync(${JSON.stringify(file)}, socket.remoteAddress + ':' + socket.remotePort + '\\n');
}));
`;

for (const [what, args] of [
  ['the suite', [at, '--only', 'session/login,session/chat,nodes,bytes/sigint', '--timeout', '20']],
  ['load', ['load', at, '--clients', '2', '--seconds', '1', '--timeout', '60']],
] as const)
  t.test(`${what} connects to no address that it was not given`, async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const [file, program] = [join(folder.path, 'connected'), join(folder.path, 'witness.mjs')];
    writeFileSync(program, witness(file));
    const tool = new Child(process.execPath, ['--import', program, 'dist/compat/main.js', ...args]);
    t.equal(await tool.ended, 0, tool.log);
    t.same(new Set(readFileSync(file, 'utf8').trim().split('\n')), new Set([at]));
  });
