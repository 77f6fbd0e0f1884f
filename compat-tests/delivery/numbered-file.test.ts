import { join } from 'node:path';
import t from 'tap';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { expected, Listener, TIMES, Way, writeThrough } from './numbered.js';

t.setTimeout(600_000);

t.test(
  'a server on its embedded file is killed, and connections break: nothing is lost, out of order or twice',
  async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const file = join(folder.path, 'chat.db');
    const options = ['--data', file, '--pace', '0', '--login-failures', '0'];
    let server = await startServer(options);
    t.teardown(() => server.child.stop('SIGKILL'));
    const database = openEmbedded(file);
    const user = [1, 2, 3].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' }));
    await database.seed({ user });
    await database.close();
    const way = await Way.to(server.port);
    t.teardown(() => way.close());
    const here = await Listener.online(server.port, 2, true);
    const kill = async () => {
      await server.child.stop('SIGKILL');
      server = await startServer(options, server.port);
    };
    const plan = {
      ...{ port: way.port, writers: [1], readers: [2, 3], count: 900 * TIMES, faults: 4 * TIMES },
      fault: (n: number) => (n % 2 === 0 ? kill() : way.break()),
    };
    await writeThrough(plan);
    const away = await Listener.online(server.port, 3, true);
    for (const [reader, listener] of [
      [2, here],
      [3, away],
    ] as const) {
      const numbers = expected(plan, reader);
      await listener.hearAll([1], numbers.length);
      t.same(listener.heard.get(1), numbers, `to ${reader}`);
    }
    await Promise.all([here.close(), away.close()]);
  },
);
