import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { Web } from './web.js';

const TOKEN = 'A'.repeat(43);
const LOGOUT = `POST /logout HTTP/1.1\r\nHost: a\r\nCookie: chat-login=${TOKEN}\r\n`;

/** A server of browsers, and how many logouts the database was asked for. */
async function start(t: Test) {
  const store = openEmbedded(':memory:');
  const asked = { logouts: 0, now: 0, most: 0 };
  const counting = {
    endLogins: async (whose: Parameters<typeof store.endLogins>[0]) => {
      asked.logouts++;
      asked.most = Math.max(asked.most, ++asked.now);
      await store.endLogins(whose);
      asked.now--;
    },
  };
  const web = new Web({
    connections: aConnectionHost(1),
    store: new Proxy(store, {
      get: (real, name) => (name === 'endLogins' ? counting.endLogins : Reflect.get(real, name, real)),
    }),
    proxies: undefined,
    origins: ['https://chat.example'],
    charset: undefined,
    recall: 120,
    demo: undefined,
    accept: () => t.fail('nobody asks for a WebSocket') as never,
    refuse: () => {},
    cannotKeep: () => {},
  });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    web.take(socket, { address: '127.0.0.1', enter: () => {} });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    web.close();
    server.close();
    await store.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, send: (bytes: string) => sent(port, bytes) };
}

/** Sends it all, and resolves with what comes until the connection has ended. */
async function sent(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

t.test(
  'requests that do not wait for their answers ask the database once, and end the connection',
  async (t) => {
    const { asked, send } = await start(t);
    await send(`${LOGOUT}\r\n`.repeat(500));
    await send(`GET /page.js HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(500));
    t.match(await send(`${LOGOUT}\r\n`), /^HTTP\/1\.1 204/, 'others are served');
    t.ok(asked.logouts <= 2, `asked ${asked.logouts} times`);
  },
);

t.test('logouts on many connections ask the database a few at a time, and each is answered', async (t) => {
  const { asked, send } = await start(t);
  const answers = await Promise.all(Array.from({ length: 60 }, () => send(`${LOGOUT}\r\n`)));
  t.ok(answers.every((answer) => answer.startsWith('HTTP/1.1 204')));
  t.equal(asked.logouts, 60);
  t.ok(asked.most <= 4, `${asked.most} at a time`);
});

t.test('a body that is not read ends the connection at once, and asks nothing', async (t) => {
  const { asked, send } = await start(t);
  await send(`${LOGOUT}Transfer-Encoding: chunked\r\n\r\n${'1\r\nA\r\n'.repeat(1000)}`);
  await send(`${LOGOUT}Content-Length: 2000\r\n\r\n${'x'.repeat(1000)}`);
  t.equal(asked.logouts, 0);
});

t.test('what is meant for a page of elsewhere, whose name leads here, is not answered', async (t) => {
  const { send } = await start(t);
  const asked = async (host: string) => (await send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).slice(9, 12);
  for (const host of ['127.0.0.1:80', '[::1]:80', 'localhost', 'chat.example', 'CHAT.example:443'])
    t.equal(await asked(host), '200', host);
  for (const host of ['evil.example', 'chat.example.evil.example:80'])
    t.equal(await asked(host), '421', host);
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  t.equal(await send(`GET /chat HTTP/1.1\r\nHost: evil.example\r\n${upgrade}\r\n`), '');
});
