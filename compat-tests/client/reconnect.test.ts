import { once } from 'node:events';
import t from 'tap';
import { ChatClient, ChatError, ConnectionLost } from '../../src/index.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const folder = newFolder();
t.teardown(() => folder.remove());

/** A server with the users 1 and 2, and a client of user 1 that comes back. */
async function site(t: { teardown(end: () => unknown): void }, name: string) {
  const options = ['--data', `${folder.path}/${name}.db`];
  let server = await startServer(options, await freePort());
  t.teardown(() => server.child.stop('SIGKILL'));
  const client = await ChatClient.connect({ host: '127.0.0.1', port: server.port, reconnect: true });
  t.teardown(() => client.close());
  await client.login(await client.register('alice', 'pw'), 'pw');
  await client.register('bob', 'pw');
  return {
    client,
    port: server.port,
    stop: () => server.child.stop('SIGKILL'),
    start: async () => {
      server = await startServer(options, server.port);
    },
  };
}

t.test('what is called while the server is away is sent once, in its order, when it is back', async (t) => {
  const { client, port, stop, start } = await site(t, 'order');
  await client.addFriend(2);
  // The server answers requests in their order: the friendship is stored.
  await client.register('carol', 'pw');
  const lost = once(client, 'lost');
  await stop();
  t.type((await lost)[0], ConnectionLost);
  const texts = Array.from({ length: 100 }, (_, at) => `text ${at}`);
  const sent = texts.map((text) => client.chat(2, text));
  const registered = client.register('dave', 'pw');
  const back = once(client, 'back');
  client.once('back', () => sent.push(client.chat(2, 'when it was back')));
  await start();
  t.match(await back, [{ name: 'alice', friends: [{ id: 2 }] }]);
  t.equal(await registered, 4);
  await Promise.all(sent);
  await client.register('erin', 'pw');
  const bob = await User.connect({ port });
  const reply = await bob.login(2);
  const stored = (reply.offlinemsg as string[]).map((text) => JSON.parse(text).msg);
  while (stored.length < 101) stored.push((await bob.hear()).msg);
  t.same(stored, [...texts, 'when it was back']);
  t.same(await bob.settle(), []);
  await bob.close();
});

t.test(
  'it comes back again and again; a request without its answer rejects, and is not sent again',
  async (t) => {
    const { client, stop, start } = await site(t, 'again');
    for (const name of ['one', 'two']) {
      const lost = once(client, 'lost');
      const back = once(client, 'back');
      await stop();
      await lost;
      await start();
      await back;
      t.type(await client.register(name, 'pw'), 'number');
    }
    const refused = await client.register('one', 'pw').catch((error) => error);
    t.type(refused, ChatError, 'made once');
  },
);

t.test('close() while it is away ends it, and what waits', async (t) => {
  const { client, stop } = await site(t, 'closed');
  const lost = once(client, 'lost');
  await stop();
  await lost;
  const waiting = client.chat(2, 'never');
  const closed = once(client, 'close');
  void client.close();
  t.type(await waiting.catch((error) => error), ConnectionLost);
  t.same(await closed, [undefined]);
  t.type(await client.chat(2, 'never').catch((error) => error), ConnectionLost);
});

t.test('who has logged out is not logged in again', async (t) => {
  const { client, port, stop, start } = await site(t, 'out');
  const lost = once(client, 'lost');
  await stop();
  await lost;
  await client.logout();
  const back = once(client, 'back');
  await start();
  t.same(await back, [undefined]);
  const other = await ChatClient.connect({ host: '127.0.0.1', port });
  t.match(await other.login(1, 'pw'), { name: 'alice' });
  await other.close();
});
