import { join } from 'node:path';
import t from 'tap';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(120_000);

/** So many texts are stored for one user, each of so many bytes: several times what is read at once. */
const COUNT = 120;
const SIZE = 60_000;
/** What is read at once, give or take one text. */
const MOST = 1_048_576 + SIZE;

t.test(
  'who has very much stored gets all of it in order, and little of it is in memory at once',
  async (t) => {
    const folder = newFolder();
    const file = join(folder.path, 'chat.db');
    const store = await openThreaded({ file });
    await store.register('one', 'pw');
    const text = (n: number) =>
      JSON.stringify({ id: 2, msg: '\u4e2d'.repeat(SIZE / 3 - 30), msgid: 6, n, toid: 1 });
    const texts = Array.from({ length: COUNT }, (_, n) => text(n));
    await store.storeMessages(texts.map((message) => ({ userid: 1, message })));
    const page = await store.storedMessages(1, 500);
    const size = Buffer.byteLength(page.join(''));
    t.ok(size <= MOST && size > MOST / 2, `${size} bytes are read at once`);
    t.same(page, texts.slice(0, page.length));
    t.equal((await store.storedMessages(1)).length, COUNT, 'unless all are asked for');
    await store.close();
    const server = await startServer(['--data', file, '--pace', '0']);
    t.teardown(async () => {
      await server.child.stop('SIGKILL');
      folder.remove();
    });
    const user = await User.connect(server);
    const { offlinemsg = [] } = await user.login(1);
    const got = offlinemsg.map((one: string) => JSON.parse(one).n);
    while (got.length < COUNT) got.push((await user.hear()).n);
    t.same(got, [...texts.keys()]);
  },
);
