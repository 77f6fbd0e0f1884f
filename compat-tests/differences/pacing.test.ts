import t, { type Test } from 'tap';
import { documentStream } from '../../src/client/stream.js';
import { Client } from '../harness/client.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { type Server, startServer } from '../harness/server.js';
import type { Row, Tables } from '../harness/tables.js';
import { type Document, User } from '../harness/user.js';
import { readScenario } from '../replay/scenario.js';

t.setTimeout(600_000);

/** The default of --pace, in ms. */
const GAP = 5;
const LONGEST_REPLY = 1023;
const USERS: Row[] = [1, 2].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' }));

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const message = (n: number, more = '') =>
  JSON.stringify({ id: 1, msg: `number ${n}${more}`, msgid: 6, toid: 2 });

/** A server of ours and its database with these rows, else the users 1 and 2. */
async function start(t: Test, options: readonly string[], tables: Partial<Tables> = { user: USERS }) {
  const folder = newFolder();
  const server = await startServer(['--data', `${folder.path}/chat.db`, ...options]);
  const database = openEmbedded(`${folder.path}/chat.db`);
  await database.seed(tables);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    await database.close();
    folder.remove();
  });
  return { server, database };
}

interface Read {
  /** When it came, in ms since the first message was sent. */
  readonly at: number;
  readonly texts: readonly string[];
}

/** Logs in user 2, and has user 1 send it so many messages at once. Returns the reads that brought them. */
async function burst(t: Test, server: Server, count: number): Promise<Read[]> {
  const [from, to] = [await User.online(server, 1), await Client.connect(server.port)];
  await to.send('{"id":2,"msgid":1,"password":"pw"}\0');
  await to.takeWhen((unread) => unread.includes('}'));
  const since = performance.now();
  await from.say(
    `${upTo(count)
      .map((n) => message(n))
      .join('\0')}\0`,
  );
  const reads: Read[] = [];
  const cut = documentStream();
  for (let n = 0; n < count; n += reads.at(-1)!.texts.length) {
    const bytes = await to.takeWhen((unread) => unread.length > 0);
    reads.push({ at: performance.now() - since, texts: cut(bytes) });
  }
  t.same(
    reads.flatMap(({ texts }) => texts),
    upTo(count).map((n) => message(n)),
    'all come in order',
  );
  await Promise.all([from.close(), to.close()]);
  return reads;
}

t.test('DIFFERENCES 12: messages keep a gap', async (t) => {
  const { server } = await start(t, []);
  const reads = await burst(t, server, 60);
  // Counted from before the first was sent: how late the first was read says nothing of the gaps.
  const took = reads.at(-1)!.at;
  t.ok(took >= 59 * GAP * 0.8, `60 messages take ${took} ms, in ${reads.length} reads`);
});

t.test('DIFFERENCES 12: --pace 0 sends at once', async (t) => {
  const { server } = await start(t, ['--pace', '0']);
  const reads = await burst(t, server, 60);
  t.ok(reads.length <= 10, `60 messages come in ${reads.length} reads`);
});

// How long they wait is a matter of the clock: src/net/pacer.test.ts asks for that with a clock of its own.
t.test('DIFFERENCES 12: of 5000 messages several share a write, and all come in order', async (t) => {
  const { server } = await start(t, ['--pace', '1000']);
  const reads = await burst(t, server, 5000);
  t.ok(reads.length < 5000, `${reads.length} reads`);
});

/** Logs in, and returns the reply and what follows it until everything that was stored has come. */
async function login(server: Server, id: number, password: string, stored: number): Promise<Document[]> {
  const user = await User.connect(server);
  const heard = [await user.login(id, password)];
  const inReply = heard[0]!.offlinemsg?.length ?? 0;
  while (heard.length - 1 + inReply < stored) heard.push(await user.hear());
  t.same(await user.settle(), [], 'and nothing else');
  await user.close();
  return heard;
}

const lengthOf = (document: Document) => Buffer.byteLength(JSON.stringify(document));

t.test('DIFFERENCES 13: stored messages that make the login reply too long follow it', async (t) => {
  const texts = upTo(50).map((n) => message(n));
  const offlinemessage = texts.map((text) => ({ userid: 2, message: text }));
  const { server, database } = await start(t, [], { user: USERS, offlinemessage });
  const [reply, ...rest] = await login(server, 2, 'pw', texts.length);
  const inReply: string[] = reply!.offlinemsg;
  t.ok(lengthOf(reply!) <= LONGEST_REPLY);
  t.ok(lengthOf({ ...reply, offlinemsg: [...inReply, texts[inReply.length]] }) > LONGEST_REPLY, 'it is full');
  t.same(
    [...inReply.map((text) => JSON.parse(text)), ...rest],
    texts.map((text) => JSON.parse(text)),
  );
  t.same((await database.rows()).offlinemessage, [], 'all are deleted');
});

t.test('DIFFERENCES 13: a reply of 1,023 bytes is not too long', async (t) => {
  const { server, database } = await start(t, []);
  const empty = { errno: 0, id: 2, msgid: 2, name: 'u2', offlinemsg: [message(0)] };
  for (const [length, carried] of [
    [LONGEST_REPLY, 1],
    [LONGEST_REPLY + 1, 0],
  ] as const) {
    const text = message(0, 'x'.repeat(length - lengthOf(empty)));
    await database.seed({ user: USERS, offlinemessage: [{ userid: 2, message: text }] });
    const [reply, ...rest] = await login(server, 2, 'pw', 1);
    t.equal(rest.length, 1 - carried, `${length} bytes`);
    t.same([...(reply!.offlinemsg ?? []), ...rest.map((document) => JSON.stringify(document))], [text]);
  }
});

t.test(
  'DIFFERENCES 13 and 22: neither pacing nor --client-buffer, and the reply is as long as it is',
  async (t) => {
    const { before, steps } = readScenario('login-long');
    const sent = steps[1];
    if (sent?.do !== 'send') throw new Error('the recording has changed');
    const recorded: Document = JSON.parse((sent.received.a ?? []).join(''));
    t.ok(lengthOf(recorded) > LONGEST_REPLY, 'the original sends one long reply');
    const { id, password } = JSON.parse(sent.bytes.toString().replace('\0', ''));
    for (const option of ['--pace', '--client-buffer']) {
      const { server } = await start(t, [option, '0'], before);
      t.same(await login(server, id, password, recorded.offlinemsg.length), [recorded], `${option} 0`);
    }
  },
);
