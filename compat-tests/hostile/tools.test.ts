import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { learn } from '../../src/learn/learn.js';
import { Session } from '../../src/learn/session.js';
import { StandIn } from '../../src/learn/stand-in.js';
import { runTool } from '../compat/tool.js';
import { Random } from '../fuzz/random.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { evilBytes, evilDocument } from './evil-bytes.js';
import { seconds, seeds } from './seeds.js';

/*
 * Clients and servers that mean ill, at the tools that listen or ask: chat-compat, its record and its shadow, dialect
 * learn. FUZZ_SECONDS lasts longer, with new seeds; FUZZ_SEED replays one round.
 */
const [SESSIONS, RUNS] = [60, 2];
t.setTimeout(seconds * 1000 + 600_000);

/** How many tests share the time that is asked for. */
const TESTS = 6;

const FIELDS = [
  ...['id', 'errno', 'errmsg', 'name', 'password', 'toid', 'friendid', 'groupid', 'groupname', 'groupdesc'],
  ...['friends', 'groups', 'offlinemsg', 'msg', 'time', 'users', 'code', 'uid', 'cookie'],
];

/** Values that have a member under the name of a method, which cannot be called. */
const BAD = { toString: 1, valueOf: 1, toJSON: 1 };
const VALUES = [
  ...['a', 'b', 1, 2, 1, 2, BAD, null, [], [BAD], true, 1e300, -1, ['{"toString":1,"valueOf":1}']],
  ...[
    [{ id: BAD, groupname: BAD }],
    [JSON.stringify({ id: 1, groupname: BAD, users: [{ id: 1, role: BAD }] })],
  ],
];

/** A message of any kind, in which any field has any value. */
function document(random: Random): Buffer {
  const fields = Array.from({ length: 1 + random.int(6) }, () => [
    random.pick(FIELDS) ?? '',
    random.pick(VALUES),
  ]);
  const msgid = random.chance(0.9) ? random.int(12) : BAD;
  return Buffer.from(`${JSON.stringify({ ...Object.fromEntries(fields), msgid })}\0`);
}

function anything(random: Random): Buffer {
  if (random.chance(0.6)) return document(random);
  return random.chance(0.5) ? evilBytes(random) : Buffer.from(evilDocument(random));
}

t.test('whatever is overheard is learned from, or passed over', async (t) => {
  for (const seed of seeds(SESSIONS, TESTS)) {
    const random = new Random(seed);
    const [session, standIn] = [new Session(), new StandIn(new Session())];
    try {
      for (let n = 0; n < 60; n++)
        session.heard(random.chance(0.5) ? 'client' : 'server', random.int(3), anything(random));
      JSON.stringify(learn(session));
      for (let n = 0; n < 20; n++) standIn.answer(1, anything(random));
    } catch (error) {
      t.fail(`FUZZ_SEED=${seed}: ${(error as Error).stack}`);
    }
  }
  t.pass('each');
});

/** A reply that a client of the original waits for, so that it goes on; and whatever else. */
function reply(random: Random): Buffer {
  const id = 1 + random.int(5);
  const fine = [
    `{"errno":0,"id":${id},"msgid":5}`,
    `{"errno":0,"id":${id},"msgid":2,"name":"a"}`,
    `{"id":${id},"msg":"hi","msgid":6,"name":"a","time":"T","toid":1}`,
  ];
  return random.chance(0.5) ? Buffer.from(random.pick(fine) ?? '') : anything(random);
}

/** A server whose connections answer with anything. Returns its port. */
async function evilServer(t: Test, random: Random): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    socket.on('data', () => {
      if (random.chance(0.03)) socket.destroy();
      else socket.write(reply(random));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Clients that say anything to a port, one after the other, and leave in one way or another. */
async function evilClients(port: number, random: Random): Promise<void> {
  for (let n = 0; n < 12; n++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.resume();
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await Promise.race([once(socket, 'connect'), closed]);
    for (let said = 0; said < 8 && socket.writable; said++)
      await new Promise((resolve) => socket.write(anything(random), resolve));
    if (random.chance(0.5)) socket.destroy();
    else socket.end(() => socket.destroy());
    await closed;
  }
}

/** A stack, or what Node says of what nobody has caught. */
const FAULT = /^ +at |TypeError|RangeError|ReferenceError|Unhandled|unhandled|Node\.js v/m;

/** One of our programs that listens, between clients and a server that mean ill, and its end by Ctrl-C. */
async function between(
  t: Test,
  seed: number,
  args: (server: number, file: string) => string[],
): Promise<void> {
  const random = new Random(seed);
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'heard.json');
  const child = new Child(process.execPath, args(await evilServer(t, random), file));
  t.teardown(() => child.end('SIGKILL'));
  const [, port] = await child.logged(/127\.0\.0\.1:(\d+)/);
  await child.orEnded(evilClients(Number(port), random), 'the clients to be done');
  const status = await child.stop('SIGINT');
  t.notMatch(child.log, FAULT, `FUZZ_SEED=${seed}`);
  t.ok([0, 1, 2].includes(Number(status)), `FUZZ_SEED=${seed}: ${status}`);
  if (existsSync(file)) JSON.parse(readFileSync(file, 'utf8'));
}

const LISTENERS: Readonly<Record<string, (server: number, file: string) => string[]>> = {
  'dialect learn --to': (server, file) => [
    ...['dist/main.js', 'dialect', 'learn', file, '--listen', '0', '--to', `127.0.0.1:${server}`],
  ],
  'dialect learn as a stand-in': (_, file) => ['dist/main.js', 'dialect', 'learn', file, '--listen', '0'],
  'chat-compat record': (server, file) => [
    ...['dist/compat/main.js', 'record', file, '--listen', '0', '--to', `127.0.0.1:${server}`],
  ],
  'chat-compat shadow': (server, file) => [
    ...['dist/compat/main.js', 'shadow', '--to', `127.0.0.1:${server}`, '--shadow', `127.0.0.1:${server}`],
    ...['--timeout', '0.5', '--json', file],
  ],
};

for (const [what, args] of Object.entries(LISTENERS))
  t.test(`${what}: whatever clients and a server say, it ends with what it has heard`, async (t) => {
    for (const seed of seeds(RUNS, TESTS)) await between(t, seed, args);
  });

t.test('chat-compat: whatever a server says, its report is written, or a line says why not', async (t) => {
  for (const seed of seeds(RUNS, TESTS)) {
    const port = await evilServer(t, new Random(seed));
    const run = await runTool(port, '--only', 'session', '--timeout', '0.2');
    t.notMatch(run.log, FAULT, `FUZZ_SEED=${seed}`);
    t.ok([1, 2].includes(Number(run.status)), `FUZZ_SEED=${seed}: ${run.status}`);
  }
});
