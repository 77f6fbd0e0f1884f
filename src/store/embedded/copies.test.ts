import t from 'tap';
import { copies, type Here } from './copies.js';
import { EmbeddedDatabase } from './database.js';
import { offline } from './offline.js';

const PART = '"seq":7';

t.test('a look ends soon however much is stored, and the next one goes on', (t) => {
  const db = EmbeddedDatabase.alone({ file: ':memory:' });
  t.teardown(() => db.close());
  const { findCopies } = copies(db);
  const store = (userid: number, count: number, message: string) =>
    offline(db).storeMessages(
      Array.from({ length: count }, () => ({ userid, message: Buffer.from(message) })),
    );
  store(1, 5000, 'short');
  store(1, 1, `{${PART}}`);
  // Nobody has anything for these.
  const users = [1, ...Array.from({ length: 3000 }, (_, i) => 1000 + i), 2];
  store(2, 200, 'x'.repeat(60_000));
  store(2, 1, `{${PART},"last":true}`);
  store(3, 1, `{${PART}}`);
  const found: string[] = [];
  let looks = 0;
  for (let at: Here | undefined; ; looks++) {
    const looked = findCopies(users, PART, at);
    found.push(...looked.found.map(({ text }) => text));
    at = looked.next;
    if (at === undefined) break;
  }
  t.same(found, [`{${PART}}`, `{${PART},"last":true}`]);
  t.ok(looks >= 10, `${looks} looks`);
  t.end();
});
