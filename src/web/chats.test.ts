import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { WebSocket } from 'ws';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import { Connection } from '../net/connection.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { Chats } from './chats.js';

t.test('a tab that comes back hears of all that it has sent, and that is handled only then', async (t) => {
  const store = openEmbedded(':memory:');
  let [came, handled] = [0, 0];
  const chats = new Chats({
    connections: {
      ...aConnectionHost(1_000_000),
      // Each takes until the tab has come again.
      handle: async () => {
        await back;
        await turn();
        handled++;
      },
    },
    store,
    proxies: undefined,
    origins: [],
    charset: undefined,
    recall: 120,
    demo: undefined,
    accept: (stream, address, host) => {
      const connection = new Connection(stream, address, host);
      // Of a stranger who is gone nothing is handled any more.
      connection.enter(1);
      stream.on('data', () => came++);
      return connection;
    },
    refuse: () => {},
    cannotKeep: () => {},
  });
  const caller = { address: '127.0.0.1', enter: () => {}, stay: () => {} };
  let comeBack = () => {};
  const back = new Promise<void>((resolve) => {
    comeBack = resolve;
  });
  let visits = 0;
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    void chats.open(request, socket, head, caller);
    if (++visits === 2) comeBack();
  });
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat?tab=0123456789abcdef`;
  const first = new WebSocket(url, ['counts']);
  await once(first, 'open');
  for (let n = 0; n < 3; n++) first.send('{"msgid":6}');
  while (came < 3) await turn();
  const again = new WebSocket(url, ['counts']);
  const [counts] = (await once(again, 'message')) as [Buffer];
  t.equal(counts.readUInt32BE(), 3);
  t.equal(handled, 3);
  again.terminate();
  chats.close();
  server.close();
  await store.close();
});
