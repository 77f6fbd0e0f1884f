import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as listen } from 'node:net';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { listens } from '../harness/listens.js';
import { freePort } from '../harness/port.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());

/** It wipes the screen, in seven bits and in eight, ends the line in three ways, and turns the rest around. */
const FOREIGN = '\u001b[2J\u009b2J\nfine \rfine \u0085fine \u2028fine \u202eenif';
const SHOWN = '\\u001b[2J\\u009b2J\\u000afine \\u000dfine \\u0085fine \\u2028fine \\u202eenif';
/** A line has none of these characters: each of them would do something to a terminal. */
const HARMFUL = /[^\P{C}\n\t\p{Co}\p{Cn}]|[\u2028\u2029]/u;

/** All that a command prints. */
async function said(...args: readonly string[]): Promise<string> {
  const child = new Child(process.execPath, ['dist/main.js', ...args]);
  await child.ended;
  return child.log;
}

t.test('the log, as text and as JSON: a key that wipes the screen and forges a line', async (t) => {
  for (const format of ['text', 'json']) {
    const port = await freePort();
    const options = ['--data', ':memory:', '--pace', '0', '--log-format', format];
    const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', `${port}`, ...options]);
    t.teardown(() => child.stop('SIGKILL'));
    await child.orEnded(listens(port), 'listen');
    const user = await User.connect({ port });
    await user.say({ msgid: 1, password: 'p', name: 'n', [`${FOREIGN}key`]: 1 });
    await user.say({ type: 4, password: 'p', name: 'n', [FOREIGN]: 1, ['x'.repeat(60_000)]: 1 });
    await child.logged(/looks like/);
    await user.close();
    t.notMatch(child.log, HARMFUL, format);
    for (const line of child.log.split('\n')) t.ok(line.length < 3000, `${line.length} characters`);
  }
});

t.test('a dialect file whose keys are not known', async (t) => {
  const file = `${folder.path}/dialect.json`;
  writeFileSync(file, JSON.stringify({ [FOREIGN]: 1 }));
  const log = await said('127.0.0.1', '0', '--data', ':memory:', '--dialect', file);
  t.match(log, SHOWN);
  t.notMatch(log, HARMFUL);
});

t.test('a server that is none: its answer to `users`, and its addresses', async (t) => {
  const liar = createServer((request, response) => {
    if (request.headers.authorization?.includes('refuse')) response.writeHead(500).end(FOREIGN);
    else
      response.end(
        JSON.stringify([{ id: 1, address: FOREIGN, name: FOREIGN, since: FOREIGN, node: [FOREIGN] }]),
      );
  });
  liar.listen(0, '127.0.0.1');
  await once(liar, 'listening');
  t.teardown(() => liar.close());
  const { port } = liar.address() as AddressInfo;
  for (const token of ['answer-with-an-address', 'refuse-with-a-message']) {
    const log = await said('users', '--admin', `${port}`, '--admin-token', token);
    t.match(log, '\\u202eenif');
    t.notMatch(log, HARMFUL, token);
  }
});

t.test('check: whoever has the port, and a configuration of nginx', async (t) => {
  const liar = listen((socket) => socket.on('error', () => {}).end(FOREIGN));
  liar.listen(0, '127.0.0.1');
  await once(liar, 'listening');
  t.teardown(() => liar.close());
  const file = `${folder.path}/nginx.conf`;
  writeFileSync(
    file,
    `stream { upstream "${FOREIGN}" { server 127.0.0.1:6000; } server { listen 8000; proxy_pass "${FOREIGN}"; } }`,
  );
  const { port } = liar.address() as AddressInfo;
  const log = await said('check', '127.0.0.1', `${port}`, '--data', ':memory:', '--nginx', file);
  t.notMatch(log, HARMFUL);
});
