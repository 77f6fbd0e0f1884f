import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import { readCommand } from '../../src/config.js';
import { ChatServer } from '../../src/server.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import type { Store } from '../../src/store/store.js';
import { User } from '../harness/user.js';

function node(store: Store, hub = new InProcessHub()): ChatServer {
  const command = readCommand(['127.0.0.1', '0', '--pace', '0'], {});
  if (command.run !== 'serve') throw new Error(command.run);
  return new ChatServer(command.config, store, new Bus(hub.medium()), pino({ level: 'silent' }));
}

t.test('who is just logging in when it is kicked for some time does not slip in', async (t) => {
  const store = openEmbedded(':memory:');
  let reached = () => {};
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let goOn = () => {};
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  /** The password was right: the login is put together. */
  const friends = async (userid: number) => {
    reached();
    await mayGoOn;
    return store.friends(userid);
  };
  const server = node({ ...store, friends });
  const port = (await server.start()).port;
  const user = await User.connect({ port });
  await user.register('one');
  await user.say({ id: 1, msgid: 1, password: 'pw' });
  await isReached;
  t.equal(server.kick(1, 5), 0, 'it is not in yet');
  goOn();
  t.match(await user.rest(), [{ msgid: 2 }], 'and its connection is ended');
  while (server.users().length > 0) await turn();
  const again = await User.connect({ port });
  t.match(await again.login(1), { errno: 2 });
  await again.close();
  t.equal(await server.stop(), 0);
});

t.test('who is kicked for some time is kept out by all nodes, also by one that comes later', async (t) => {
  const hub = new InProcessHub();
  const store = openEmbedded(':memory:');
  const shared = { ...store, close: async () => {} };
  const [here, there] = [node(shared, hub), node(shared, hub)];
  const [{ port: portHere }, { port }] = [await here.start(), await there.start()];
  const user = await User.connect({ port });
  await user.register('one');
  await user.login(1);
  t.equal(here.kick(1, 5), 0, 'it is on the other node');
  t.same(await user.rest(), [], 'which ends its connection');
  while (there.users().length > 0) await turn();
  const later = node(shared, hub);
  const { port: portLater } = await later.start();
  for (const each of [portHere, port, portLater]) {
    const again = await User.connect({ port: each });
    t.match(await again.login(1), { errno: 2 });
    await again.close();
  }
  for (const server of [here, there, later]) t.equal(await server.stop(), 0);
  await store.close();
});
