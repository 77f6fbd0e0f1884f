import t from 'tap';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.test('--idle closes a silent connection, and its user goes offline; who talks stays', async (t) => {
  const folder = newFolder();
  const file = `${folder.path}/chat.db`;
  const server = await startServer(['--data', file, '--idle', '5']);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  const [silent, talking] = [await User.connect(server), await User.connect(server)];
  await silent.register('silent');
  await talking.register('talking');
  await silent.login(1);
  await talking.login(2);
  const closed = silent.rest();
  let isClosed = false;
  closed.then(() => {
    isClosed = true;
  });
  while (!isClosed) {
    await talking.settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.same(await talking.settle(), []);
  // The turn of the silent user: this login waits until it has left.
  const again = await User.online(server, 1);
  t.same(await openEmbedded(file).online(), [1, 2]);
  await Promise.all([again.close(), talking.close()]);
});
