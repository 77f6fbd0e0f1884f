import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { documentStream } from '../../src/client/stream.js';
import { beforeDeadline, until } from '../harness/deadline.js';
import type { Server } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';
import { hostileSite } from './site.js';

const LONG = 'x'.repeat(60_000);

/** Logs in and never reads. */
async function deaf({ port }: Server, id: number) {
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ id, msgid: 1, password: 'pw' })}\0`);
  return socket;
}

/** The next `count` chat messages, those in a login reply included. */
async function hearChats(user: User, count: number, heard: Document[] = []): Promise<Document[]> {
  while (heard.length < count) heard.push(await user.hear());
  return heard;
}

function fromReply(reply: Document): Document[] {
  return (reply.offlinemsg ?? []).map((text: string) => JSON.parse(text));
}

async function burst(from: User, id: number, toid: number, count: number, msg: string): Promise<void> {
  const texts = Array.from({ length: count }, (_, n) => JSON.stringify({ id, msg, msgid: 6, n, toid }));
  await from.say(texts.join('\0'));
  await from.say('\0');
}

const numbers = (documents: readonly Document[]) => documents.map(({ n }) => n);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

t.test('who does not read is behind: the messages are stored, and come as it reads', async (t) => {
  const { server, talk, attacker } = await hostileSite(t, '--pace', '5');
  const socket = await deaf(server, attacker);
  const sender = await User.online(server, 4);
  for (let n = 0; n < 400; n++) await sender.say({ id: 4, msg: LONG, msgid: 6, n, toid: attacker });
  await sender.settle();
  await talk.goOn('the one who does not read');
  const heard: Document[] = [];
  const cut = documentStream();
  const all = new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      for (const text of cut(bytes)) {
        const document = JSON.parse(text);
        heard.push(...(document.msgid === 2 ? fromReply(document) : [document]));
        if (document.n === 399) resolve();
      }
    });
  });
  socket.resume();
  await beforeDeadline(all, () => `all messages, having ${heard.length}`);
  t.same(numbers(heard), upTo(400), 'all, in order');
  socket.destroy();
  await Promise.all([sender.close(), talk.close()]);
});

t.test(
  'who did not read and is gone finds all that it has not read at its next login, in order',
  async (t) => {
    const { server, talk, attacker } = await hostileSite(t, '--pace', '5');
    const socket = await deaf(server, attacker);
    const sender = await User.online(server, 4);
    for (let n = 0; n < 400; n++) await sender.say({ id: 4, msg: LONG, msgid: 6, n, toid: attacker });
    await sender.settle();
    socket.destroy();
    const user = await User.connect(server);
    let reply = await user.login(attacker);
    while (reply.errno === 2) reply = await user.login(attacker);
    const heard = fromReply(reply);
    while (heard.at(-1)?.n !== 399) heard.push(await user.hear());
    t.same(numbers(heard), upTo(400).slice(-heard.length), 'all from the first that did not leave');
    t.ok(heard.length > 300, `${heard.length} had not left`);
    await Promise.all([user.close(), sender.close(), talk.close()]);
  },
);

for (const [count, msg] of [
  [120, LONG],
  [7000, 'x'.repeat(900)],
] as const)
  t.test(`${count} messages of ${msg.length} bytes at once do not disconnect who reads`, async (t) => {
    const { server, talk, attacker } = await hostileSite(t, '--pace', '5');
    const [reader, sender] = [await User.online(server, attacker), await User.online(server, 4)];
    await Promise.all([
      burst(sender, 4, attacker, count, msg),
      hearChats(reader, count).then((heard) => t.same(numbers(heard), upTo(count))),
    ]);
    await Promise.all([reader.close(), sender.close(), talk.close()]);
  });

for (const pace of ['0', '5'])
  t.test(`15 MB of stored messages do not lock their user out, with --pace ${pace}`, async (t) => {
    const { server, talk, attacker } = await hostileSite(t, '--pace', pace);
    const sender = await User.online(server, 4);
    await burst(sender, 4, attacker, 250, LONG);
    await sender.settle();
    const user = await User.connect(server);
    const heard = await hearChats(user, 250, fromReply(await user.login(attacker)));
    t.same(numbers(heard), upTo(250));
    await user.close();
    const again = await User.online(server, attacker);
    t.same(await again.settle(), [], 'all were deleted');
    await Promise.all([again.close(), sender.close(), talk.close()]);
  });

t.test('who does not read its stored messages keeps nobody waiting', async (t) => {
  const { server, talk, attacker } = await hostileSite(t, '--pace', '5');
  const sender = await User.online(server, 4);
  await burst(sender, 4, attacker, 120, LONG);
  await sender.settle();
  const socket = await deaf(server, attacker);
  await talk.goOn('the one who does not read');
  const second = await User.connect(server);
  t.equal((await second.login(attacker)).errno, 2, 'the account is in use');
  socket.destroy();
  await Promise.all([second.close(), sender.close(), talk.close()]);
});

t.test('who logs out without reading its stored messages keeps nobody waiting', async (t) => {
  const { server, talk, attacker } = await hostileSite(t, '--pace', '5');
  const sender = await User.online(server, 4);
  await burst(sender, 4, attacker, 120, LONG);
  await sender.settle();
  const socket = await deaf(server, attacker);
  socket.write(`${JSON.stringify({ id: attacker, msgid: 3 })}\0`);
  await talk.goOn('the one who does not read');
  const second = await User.connect(server);
  t.equal((await second.login(attacker, 'wrong')).errno, 1);
  let reply = await second.login(attacker);
  await until(async () => {
    if (reply.errno === 2) reply = await second.login(attacker);
    return reply.errno === 0;
  }, 'the account to be free, as the connection that is not read from is ended');
  const chats = numbers(await hearChats(second, 1, fromReply(reply)));
  const [first = 120] = chats;
  const rest = await hearChats(second, 120 - first - chats.length);
  t.same([...chats, ...numbers(rest)], upTo(120).slice(first), 'all that its first connection had not taken');
  socket.destroy();
  await Promise.all([second.close(), sender.close(), talk.close()]);
});
