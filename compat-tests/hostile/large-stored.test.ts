import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** The number of texts that are stored for one user, and their bytes: several times what is read at once. */
const COUNT = 120;
const SIZE = 60_000;
/** At most this many bytes are read at once, give or take one text. */
const MOST = 1_048_576 + SIZE;

const text = (n: number) =>
  JSON.stringify({ id: 2, msg: '\u4e2d'.repeat(SIZE / 3 - 30), msgid: 6, n, toid: 1 });
const texts = Array.from({ length: COUNT }, (_, n) => text(n));
const numberOf = (one: string): number => JSON.parse(one).n;

t.test(
  'a page of a MySQL table with long messages is no longer, and says by that that there is more',
  async (t) => {
    const mariadb = await MariaDb.start();
    t.teardown(() => mariadb.stop());
    const url = await mariadb.createDatabase('chat');
    const connection = await createConnection(url);
    await connection.query('alter table offlinemessage modify message mediumtext charset utf8mb4 not null');
    await connection.end();
    const store = await openMysql({ url, charset: 'utf8mb4' });
    t.teardown(() => store.close());
    await store.register('one', 'pw');
    await store.register('two', 'pw');
    for (const one of texts) await store.storeMessages([{ userid: 1, message: one }]);
    await store.storeMessages(Array.from({ length: 700 }, () => ({ userid: 2, message: '{"msg":"short"}' })));
    const page = await store.storedMessages(1, 500);
    const size = Buffer.byteLength(page.join(''));
    // Each is stored as JSON in ASCII, twice as long.
    t.ok(size <= MOST + SIZE && size >= 1_048_576, `${size} bytes are read at once`);
    t.same(page.map(numberOf), [...texts.keys()].slice(0, page.length));
    t.equal((await store.storedMessages(2, 500)).length, 500, 'short ones come by number');
    const both = await Promise.all([1, 2, 1, 2].map((userid) => store.storedMessages(userid, 500)));
    t.same(
      both.map(({ length }) => length),
      [page.length, 500, page.length, 500],
      'also when several ask at once',
    );
    await store.removeMessages(1, page);
    const rest = (await store.storedMessages(1)).map(numberOf);
    t.same(rest, [...texts.keys()].slice(page.length), 'all are there when all are asked for');
  },
);

t.test(
  'who has very much stored gets all of it in order, and little of it is in memory at once',
  async (t) => {
    const folder = newFolder();
    const file = join(folder.path, 'chat.db');
    const store = await openThreaded({ file });
    await store.register('one', 'pw');
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
