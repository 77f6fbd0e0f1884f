import t from 'tap';
import { Client } from '../harness/client.js';
import { measured, startProbed } from '../harness/stalls.js';
import { User } from '../harness/user.js';
import { COSTLY } from './inputs-at-once.js';

t.setTimeout(600_000);

/** The longest that one client may hold up all others, in ms of CPU time. */
const MOST = 50;

const server = await startProbed(['--data', ':memory:', '--pace', '0', '--login-failures', '0']);
t.teardown(() => server.child.stop('SIGKILL'));
const user = await User.connect(server);
await user.register('somebody');
await user.login(1);

t.test('64 KB of any input, with or without a login, hold up nobody', async (t) => {
  // What is compiled for the first time takes longer.
  await send(COSTLY['empty objects'] ?? '', false);
  await measured(server);
  for (const [what, text] of Object.entries(COSTLY)) {
    const before = await measured(server);
    for (const isLoggedIn of [false, true]) await send(text, isLoggedIn);
    const { stall, cpu } = await measured(server);
    t.ok(stall <= MOST, `${what}: held up for ${stall} ms, ${((cpu - before.cpu) / 2).toFixed()} ms of CPU`);
  }
});

/** Sends a text on a connection of its own, and resolves when all of it was handled. */
async function send(text: string, isLoggedIn: boolean): Promise<void> {
  const client = await Client.connect(server.port);
  if (isLoggedIn) {
    await client.send(`{"msgid":4,"name":"u${names++}","password":""}\0`);
    const [, id] =
      /"id":(\d+)/.exec(String(await client.takeWhen((unread) => unread.includes('"id"')))) ?? [];
    await client.send(`{"id":${id},"msgid":1,"password":""}\0`);
    await client.takeWhen((unread) => unread.includes('"errno":0'));
  }
  await client.send(Buffer.from(text, 'latin1'));
  await client.close().catch(() => client.reset());
  t.same(await user.settle(), []);
}

let names = 0;
