import { join } from 'node:path';
import t from 'tap';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { measured, startProbed } from '../harness/stalls.js';
import { WebUser } from './web-user.js';

t.setTimeout(600_000);

const STORED = 100_000;
/** The longest that one login may hold up all others, in ms of CPU time. */
const MOST = 50;

t.test('100,000 stored messages at the login of a page: none is lost, nobody is held up', async (t) => {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const server = await startProbed(['--data', file, '--web', '0']);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  const [, web = ''] = await server.child.logged(/"web":"([^"]*)"/);
  const database = openEmbedded(file);
  await database.seed({
    user: [1, 2].map((id) => ({ id, name: `user${id}`, password: 'pw', state: 'offline' })),
    offlinemessage: Array.from({ length: STORED }, (_, n) => ({
      userid: 2,
      message: `{"id":1,"msg":"${n}","msgid":6,"name":"user1","time":"2024-02-22 18:01:23","toid":2}`,
    })),
  });
  await database.close();

  const page = await WebUser.connect(web, { counts: true, query: '?tab=0123456789abcdef' });
  await page.until(() => page.handled === 0, 'the first counts');
  await measured(server);
  const { offlinemsg = [] } = await page.login(2);
  const seen: string[] = offlinemsg.map((text: string) => JSON.parse(text).msg);
  page.tell();
  while (seen.length < STORED) {
    seen.push((await page.hear()).msg);
    page.tell();
  }
  const { stall } = await measured(server);
  t.ok(
    seen.every((text, n) => text === `${n}`),
    'each once, in order',
  );
  await page.until(() => page.confirmed === page.received, 'that the server knows of all');
  t.ok(stall <= MOST, `held up for ${stall} ms`);

  page.say({ id: 2, msgid: 3 });
  t.equal((await page.login(2)).offlinemsg, undefined, 'none comes again');
});
