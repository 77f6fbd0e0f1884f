import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import t from 'tap';
import { Client } from '../harness/client.js';
import { newFolder } from '../harness/folder.js';
import { measured, startProbed } from '../harness/stalls.js';
import { upgradeHead } from '../harness/upgrade.js';
import { User } from '../harness/user.js';
import { COSTLY } from './inputs-at-once.js';

t.setTimeout(600_000);

/** The longest that one client may hold up all others, in ms of CPU time. */
const MOST = 50;

const OPTIONS = ['--data', ':memory:', '--pace', '0', '--login-failures', '0'];
const server = await startProbed(OPTIONS);
t.teardown(() => server.child.stop('SIGKILL'));
const user = await User.connect(server);
await user.register('somebody');
await user.login(1);

t.test('64 KB of any input, with or without a login, hold up nobody', async (t) => {
  // The first time takes longer, as the code is compiled then.
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

/** At most so many bytes come at a time. */
const SIZE = 65_536;

/** The head of a document: its length in four bytes. */
function lengthOf(text: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(text.length);
  return head;
}

/** The head of a text message of a browser, with a mask of zeros. */
function frameOf({ length }: string): Buffer {
  const head = Buffer.alloc(length < 126 ? 6 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | Math.min(length, 126);
  if (length >= 126) head.writeUInt16BE(length, 2);
  return head;
}

/** The documents of an input, each behind a head: those that fit in, one at least. */
function framed(input: string, headOf: (text: string) => Buffer): Buffer {
  // The repeated part is one document.
  const length = (input + input).indexOf(input, 1);
  const parts: Buffer[] = [];
  for (let at = 0, size = 0; at < input.length; at += length) {
    const text = input.slice(at, at + length);
    const head = headOf(text);
    size += head.length + text.length;
    if (parts.length > 0 && size > SIZE) break;
    parts.push(head, Buffer.from(text, 'latin1'));
  }
  return Buffer.concat(parts);
}

/** Sends bytes on a connection of their own. Resolves when the server has handled them, and has closed it. */
async function pour(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  const closed = once(socket, 'close');
  socket.resume().end(bytes);
  await closed;
}

/** The end of a WebSocket: it is answered behind all that came before it. */
const BYE = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** The options of a server, and what stands before each document. */
const DOORS: Readonly<Record<string, () => Promise<readonly [options: string[], head: typeof frameOf]>>> = {
  'behind their lengths': async () => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const file = `${folder.path}/dialect.json`;
    writeFileSync(file, JSON.stringify({ framing: { in: 'length', out: 'length' } }));
    return [['--dialect', file], lengthOf];
  },
  'over a WebSocket': async () => [['--web', '0'], frameOf],
};

for (const [how, open] of Object.entries(DOORS))
  t.test(`the same ${how}`, async (t) => {
    const [options, headOf] = await open();
    const server = await startProbed([...OPTIONS, ...options]);
    t.teardown(() => server.child.stop('SIGKILL'));
    const [line] = await server.child.logged(/^.*"msg":"listening".*$/m);
    const { web } = JSON.parse(line) as { web?: string };
    const port = web === undefined ? server.port : Number(new URL(web).port);
    const bytes = (input: string) => {
      const documents = framed(input, headOf);
      return web === undefined ? documents : Buffer.concat([Buffer.from(upgradeHead()), documents, BYE]);
    };
    await pour(port, bytes(COSTLY['empty objects'] ?? ''));
    let before = await measured(server);
    for (const [what, input] of Object.entries(COSTLY)) {
      await pour(port, bytes(input));
      // Documents that are handled after the end would count as the next one's.
      const now = await measured(server);
      const cpu = (now.cpu - before.cpu).toFixed();
      t.ok(now.stall <= MOST, `${what}: held up for ${now.stall} ms, ${cpu} ms of CPU`);
      before = now;
    }
  });
