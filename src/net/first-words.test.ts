import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import t from 'tap';
import { hear } from './first-words.js';
import { InTurn } from './in-turn.js';

t.test('who breaks off its first words with an error ends nothing but its own connection', async (t) => {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  t.teardown(() => listener.close());
  await once(listener, 'listening');
  const accepted = once(listener, 'connection');
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await accepted) as [Socket];
  let entered = false;
  const whole = new Promise<void>((resolve) =>
    hear(socket, new InTurn(), {
      isWhole: () => {
        resolve();
        return false;
      },
      enter: () => {
        entered = true;
      },
      left: () => {},
    }),
  );
  client.write('GET / HT');
  await whole;
  const closed = new Promise((resolve) => socket.on('close', resolve));
  // As a reset is seen: an error that nobody hears of ends the process.
  client.resetAndDestroy();
  await closed;
  t.equal(entered, false);
});
