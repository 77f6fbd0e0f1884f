import { once } from 'node:events';
import t from 'tap';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { Seconds } from './seconds.js';

t.test('how long a client has sent nothing is counted from what it sent last', async (t) => {
  const client = new UnreadClient();
  const { connection, clock } = client;
  t.equal(connection.idleFor, 0);
  clock.now = 7000;
  t.equal(connection.idleFor, 7000, 'since it has come');
  const read = once(client, 'data');
  client.push('half of {');
  await read;
  t.equal(connection.idleFor, 0, 'be it no message');
  clock.now = 9000;
  t.equal(connection.idleFor, 2000);
  client.destroy();
});

t.test('the clock goes on by itself', async (t) => {
  const clock = new Seconds();
  const begun = clock.now;
  t.ok(begun <= performance.now());
  while (clock.now === begun) await new Promise((resolve) => setImmediate(resolve));
  t.ok(clock.now <= performance.now());
  clock.stop();
});
