import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificate } from '../harness/certificate.js';
import { newFolder } from '../harness/folder.js';
import { measured, startProbed } from '../harness/stalls.js';
import { upgradeHead } from '../harness/upgrade.js';
import { User } from '../harness/user.js';
import { COSTLY } from '../hostile/inputs-at-once.js';
import { Random } from './random.js';

/*
 * Any bytes to any port: the process lives, others are answered, and nobody holds up the event loop. FUZZ_SEED replays a
 * run, FUZZ_SECONDS makes it longer.
 */
const { FUZZ_SEED = '1', FUZZ_SECONDS = '8' } = process.env;
const seconds = Number(FUZZ_SECONDS);
t.setTimeout(seconds * 1000 + 600_000);

/** The longest that a stranger may hold up the event loop, in ms of CPU time. */
const MOST = 50;
/** The length of a piece that comes at a time, in bytes. */
const SIZE = 65_536;

const folder = newFolder();
const { cert, key } = makeCertificate(folder.path, 'localhost');
const server = await startProbed([
  ...['--data', ':memory:', '--pace', '0', '--login-failures', '0', '--admin', '0'],
  ...['--tls', '0', '--tls-cert', cert, '--tls-key', key, '--proxy-from', '127.0.0.2'],
  ...['--web', '0'],
]);
t.teardown(async () => {
  await server.child.stop('SIGKILL');
  folder.remove();
});
const [line] = await server.child.logged(/^.*"msg":"listening".*$/m);
const tlsPort = JSON.parse(line).tls.port as number;
const webPort = Number(new URL(JSON.parse(line).web).port);
const [, admin] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);

const V2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x01\x02\x03\x04\x05\x06\x07\x08\0\x09\0\x0a';

/** A browser that asks for a WebSocket; the end of a first text message's head, which is masked with zeros. */
const UPGRADE = upgradeHead('/chat?keep&tab=0123456789abcdef', 'Sec-WebSocket-Protocol: counts');
const TEXT = '\x81\xfe\xff\xf0\0\0\0\0';
const COUNT = '\x82\x84\0\0\0\0\0\0\0\x01';

/** A stranger's socket for each port, and the bytes that it begins with. */
const LISTENERS: Record<string, [open: () => Socket, start: string]> = {
  plain: [() => connect(server.port, '127.0.0.1'), ''],
  'TLS, in the open': [() => connect(tlsPort, '127.0.0.1'), '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
  'TLS, inside': [() => connectSecurely({ port: tlsPort, host: '127.0.0.1', rejectUnauthorized: false }), ''],
  'PROXY v1': [from2, 'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n'],
  'PROXY v2': [from2, V2],
  'a page': [web, 'GET /page.js HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n'],
  'a WebSocket': [web, UPGRADE + TEXT],
  'counts of a WebSocket': [web, UPGRADE + COUNT],
  admin: [() => connect(Number(admin), '127.0.0.1'), 'GET /status HTTP/1.1\r\nHost: a\r\n\r\n'],
};

function web(): Socket {
  return connectSecurely({ port: webPort, host: '127.0.0.1', rejectUnauthorized: false });
}

function from2(): Socket {
  return connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
}

/** Pieces that mean something to one port or another, and what is made of them. */
const WORDS = [
  ...Object.values(COSTLY),
  ...[
    '{',
    '}',
    '[',
    '"',
    '\\u',
    '\0',
    '\n',
    '\xef\xbb\xbf',
    'GET ',
    'PROXY ',
    V2,
    '\x16\x03\x01',
    '\0\0\0\x05{}',
  ],
  ...[
    'POST /say HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\nffff\r\n',
    'GET // HTTP/1.1\r\n\r\n',
    'POST /logout HTTP/1.1\r\nCookie: chat-login=x\r\n\r\n',
    UPGRADE,
    TEXT,
    COUNT,
  ],
];

function bytes(random: Random, start: string): Buffer {
  let text = random.chance(0.7) ? start : start.slice(0, random.int(start.length));
  while (text.length < SIZE && random.chance(0.9)) {
    const word = random.pick(WORDS) ?? '';
    const from = random.chance(0.7) ? 0 : random.int(word.length);
    text += word.slice(from, from + 1 + random.int(random.chance(0.5) ? 40 : SIZE));
  }
  const all = Buffer.from(text.slice(0, SIZE), 'latin1');
  for (let n = random.int(4); n > 0 && all.length > 0; n--) all[random.int(all.length)] = random.int(256);
  return all;
}

/** Sends bytes in a few pieces and leaves in one way or another. Resolves when the connection has ended. */
async function attack(open: () => Socket, random: Random, all: Buffer): Promise<void> {
  const socket = open().on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  if (random.chance(0.8)) socket.resume();
  for (let at = 0; at < all.length; ) {
    const end = random.chance(0.5) ? all.length : at + 1 + random.int(all.length - at);
    socket.write(all.subarray(at, end));
    at = end;
  }
  await new Promise((resolve) => socket.write('\n', resolve));
  if (random.chance(0.3)) socket.destroy();
  else socket.end(() => setImmediate(() => socket.destroy()));
  await closed;
}

t.test('any bytes to any port', async (t) => {
  const random = new Random(Number(FUZZ_SEED));
  const user = await User.connect(server);
  await user.register('somebody');
  await user.login(1);
  await round(t, random, user, 1, false);
  const end = performance.now() + seconds * 1000;
  let rounds = 0;
  do await round(t, random, user, rounds++, true);
  while (performance.now() < end);
  t.comment(
    `${rounds} rounds from FUZZ_SEED=${FUZZ_SEED}; ${[...longest].map(([name, ms]) => `${name}: ${ms} ms`).join(', ')}`,
  );
  t.notMatch(server.child.log, /"level":[56]0/, 'nothing went wrong inside');
});

const longest = new Map<string, number>();

/** Attacks each port once; what is compiled for the first time takes longer, and does not count. */
async function round(t: Test, random: Random, user: User, n: number, counts: boolean): Promise<void> {
  for (const [name, [open, start]] of Object.entries(LISTENERS)) {
    const all = bytes(random, start);
    await measured(server);
    await attack(open, random.fork(), all);
    t.same(await user.settle(), [], 'others are answered');
    const { stall } = await measured(server);
    if (!counts) continue;
    longest.set(name, Math.max(stall, longest.get(name) ?? 0));
    if (stall > MOST) t.fail(`${name}, round ${n}, FUZZ_SEED=${FUZZ_SEED}: held up for ${stall} ms`);
  }
}
