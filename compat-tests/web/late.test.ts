import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { startWebServer } from './web-server.js';
import { WebUser } from './web-user.js';

t.setTimeout(150_000);

t.test(
  'what a tab sent over a lost connection and is late counts for nothing that it sends over the next',
  async (t) => {
    const mariadb = await MariaDb.start();
    const server = await startWebServer(['--mysql', await mariadb.createDatabase('chat')]);
    t.teardown(async () => {
      await server.child.stop('SIGKILL');
      await mariadb.stop();
    });
    const coming = { counts: true, query: '?tab=0123456789abcdef' };
    const first = await WebUser.connect(server.url, coming);
    await first.until(() => first.handled === 0, 'the first counts');
    mariadb.freeze();
    for (let n = 0; n < 3; n++) first.say({ id: 7, msgid: 1, password: 'pw' });
    // It is let in though its logins are not done with: the database may be away for long.
    const again = await WebUser.connect(server.url, coming);
    await again.until(() => again.handled === 0, 'the first counts');
    mariadb.thaw();
    for (let n = 1; n <= 5; n++) {
      t.match(await again.login(8, 'pw'), { msgid: 2 });
      again.tell();
      await again.until(() => again.handled >= n, 'that it is done with');
      t.equal(again.handled, n);
    }
  },
);
