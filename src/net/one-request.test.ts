import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import t from 'tap';
import { OneRequest } from './one-request.js';

t.test('of thousands of requests in one read the second is the last that is made anything of', async (t) => {
  const asking = new OneRequest();
  let requests = 0;
  const server = createServer((request) => {
    requests++;
    asking.begin(request);
  });
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  const closed = once(client, 'close');
  client.resume().write('GET / HTTP/1.1\r\nHost:\r\n\r\n'.repeat(2500));
  await closed;
  t.equal(requests, 2);
});
