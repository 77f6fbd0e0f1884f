import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { loadDialect } from '../../dialect/load.js';
import { MORE } from '../../protocol/numbers.js';
import type { Kind } from './kinds.js';
import { Shadower } from './shadower.js';

const dialect = loadDialect('original');

/** Nothing here waits for a clock: both servers end the connection behind what they say. */
const NEVER = 1_000_000;

/** The findings when two servers answer one request so, and end the connection. */
async function found(first: string, second: string): Promise<Kind[]> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(second));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const nothing = () => {};
  const shadower = new Shadower({ host: '127.0.0.1', port }, dialect, NEVER, {
    ...{ found: nothing, stopped: nothing },
  });
  shadower.opened(1);
  shadower.heard('client', 1, Buffer.from('{"msgid":99}\0'));
  shadower.heard('server', 1, Buffer.from(first));
  shadower.ended('server', 1, false);
  while (shadower.comparing > 0) await turn();
  shadower.close();
  server.close();
  return shadower.kinds.all;
}

const told = (msgid: number, value: string) => `{"errno":0,"msgid":${msgid},"value":"${value}"}`;
const groups = (...ids: number[]) =>
  `{"errno":0,"groups":[${ids.map((id) => JSON.stringify(JSON.stringify({ groupdesc: 'd', groupname: `g${id}`, id, users: [] })))}],"id":7,"msgid":2,"name":"ann"}`;
const stored = (msg: string) =>
  JSON.stringify({
    ...{ errno: 0, id: 7, msgid: 2, name: 'ann' },
    offlinemsg: [JSON.stringify({ id: 8, msg, msgid: 6, name: 'bob', time: '2024-02-22 18:01:23', toid: 7 })],
  });
const chat = (msgid: 6 | 10, msg: string) =>
  JSON.stringify({ ...(msgid === 6 ? { toid: 7 } : { groupid: 1 }), id: 8, msg, msgid, name: 'bob' });

type Pair = readonly [first: string, second: string, about: string, where: string];

/** Each kind of reply, as it is and with one byte that is another. */
const KINDS: readonly Pair[] = [
  ['{"errno":0,"id":7,"msgid":5}', '{"errno":0, "id":7,"msgid":5}', 'register', ''],
  ['{"errno":1,"msgid":5}', '{"errno":4,"msgid":5}', 'register', 'errno'],
  [
    '{"errmsg":"id or password is invalid!","errno":1,"msgid":2}',
    '{"errmsg":"id or password is invalid.","errno":1,"msgid":2}',
    'login',
    'errmsg',
  ],
  [
    '{"errmsg":"this account is using, input another!","errno":2,"msgid":2}',
    '{"errmsg":"this account is using, input another!","errno":3,"msgid":2}',
    'login',
    'errno',
  ],
  ['{"errno":0,"id":7,"msgid":2,"name":"ann"}', '{"errno":0,"id":7,"msgid":2,"name":"anm"}', 'login', 'name'],
  [groups(1, 2, 3), groups(1, 3, 2), 'login', 'groups'],
  [stored('for later'), stored('for lateR'), 'chat', 'msg'],
  [chat(6, 'hello'), chat(6, 'hellO'), 'chat', 'msg'],
  [chat(10, 'hello'), chat(10, 'hellO'), 'groupChat', 'msg'],
  ...Object.entries(MORE.replies).map(
    ([reply, number]): Pair => [
      ...([told(number, 'a'), told(number, 'b')] as const),
      ...([reply, 'value'] as const),
    ],
  ),
];

for (const [first, second, about, where] of KINDS) {
  t.test(`another byte is found: ${about} ${where}`, async (t) => {
    t.match(await found(first, second), [{ about, where, count: 1 }]);
    t.same(await found(first, first), [], 'and nothing where both say the same');
  });
}

/** A number of requests wait for answers that the second server does not give. */
const REQUESTS = 200;

/** The findings about one client when the end comes. The second server handles each connection by its place. */
async function ended(timeout: number, handle: (socket: Socket, place: number) => void): Promise<Shadower> {
  let place = 0;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy()).resume();
    handle(socket, place++);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const told = { found: () => {}, stopped: () => {} };
  const shadower = new Shadower({ host: '127.0.0.1', port }, dialect, timeout, told);
  shadower.opened(1);
  for (let n = 0; n < REQUESTS; n++) {
    shadower.heard('client', 1, Buffer.from('{"msgid":1,"id":1,"password":"x"}\0'));
    shadower.heard('server', 1, Buffer.from('{"errmsg":"x","errno":1,"msgid":2}'));
  }
  await shadower.finish();
  shadower.close();
  server.close();
  return shadower;
}

t.test('the end waits for a silent server once, not for each request that is held up', async (t) => {
  const { counts, stopped } = await ended(400, () => {});
  t.ok(counts.left < REQUESTS / 2, `${counts.left} have left for the second server`);
  t.equal(stopped.get('silent'), 1);
});

t.test('nor for each answer that a server leaves out which answers others', async (t) => {
  const { counts, kinds, stopped } = await ended(4000, (socket, place) => {
    if (place > 0) socket.on('data', () => socket.write('{"errmsg":"x","errno":1,"msgid":2}'));
  });
  t.ok(counts.left < REQUESTS / 2, `${counts.left} have left for the second server`);
  t.match(kinds.all, [{ about: 'login', how: 'missing' }]);
  t.equal(stopped.size, 0);
});
