import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import { readCommand } from '../../src/config.js';
import { ChatServer } from '../../src/server.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import { User } from '../harness/user.js';

t.test('who is just logging in when it is kicked for some time does not slip in', async (t) => {
  const command = readCommand(['127.0.0.1', '0', '--pace', '0'], {});
  if (command.run !== 'serve') throw new Error(command.run);
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
  const log = pino({ level: 'silent' });
  const server = new ChatServer(
    command.config,
    { ...store, friends },
    new Bus(new InProcessHub().medium()),
    log,
  );
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
