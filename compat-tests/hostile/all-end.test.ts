import { join } from 'node:path';
import t from 'tap';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { measured, startProbed } from '../harness/stalls.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** The longest that they may hold up all others, in ms of CPU time. */
const MOST = 50;
/** Without turns so many cost 100 to 150 ms; with turns 15 to 30, nearly all of it Node's own. */
const CLIENTS = 1600;
const TOGETHER = 100;

t.test('very many clients that end in the same moment hold up nobody', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'chat.db');
  const options = ['--data', file, '--pace', '0', '--login-failures', '0'];
  const server = await startProbed([...options, '--strangers-per-address', `${CLIENTS}`]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const ids = Array.from({ length: CLIENTS }, (_, n) => n + 1);
  const database = openEmbedded(file);
  await database.seed({ user: ids.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })) });

  const users: User[] = [];
  while (users.length < CLIENTS) {
    const some = ids.slice(users.length, users.length + TOGETHER);
    users.push(...(await Promise.all(some.map((id) => User.online(server, id)))));
  }
  await measured(server);
  server.child.signal('SIGSTOP');
  const closed = users.map((user) => user.close());
  server.child.signal('SIGCONT');
  await Promise.all(closed);
  const { stall } = await measured(server);
  t.ok(stall <= MOST, `held up for ${stall} ms`);

  await server.child.stop('SIGTERM');
  t.same(await database.online(), [], 'all have left');
  await database.close();
});
