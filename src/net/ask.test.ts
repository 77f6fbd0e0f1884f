import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { ask, NoAnswer, NotGranted } from './ask.js';

const server = createServer((request, response) => {
  if (request.url === '/silent') return;
  if (request.url === '/away') return void response.writeHead(302, { location: '/here' }).end();
  response
    .writeHead(request.url === '/here' ? 200 : 403)
    .end(` ${request.headers.authorization ?? 'nobody'}\n`);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const place = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
t.teardown(() => {
  server.closeAllConnections();
  server.close();
});

t.test('an admin port answers, or says why not', async (t) => {
  t.equal(await ask(place, { path: 'here', token: 'T' }, 60_000), ' Bearer T\n');
  await t.rejects(ask(place, { path: 'there' }, 60_000), new NotGranted('nobody'));
});

t.test('nobody answers: the reason is in one line', async (t) => {
  await t.rejects(ask(place, { path: 'silent' }, 1), new NoAnswer('it does not answer'));
  const sentAway = await ask(place, { path: 'away' }, 60_000).catch((error) => error);
  t.ok(sentAway instanceof NoAnswer, 'who is sent elsewhere does not go there');
});
