import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { until } from '../harness/deadline.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

t.test('one locked row of a user who leaves does not hold up the groups of others', async (t) => {
  const site = await DeliverySite.start(t, 3);
  const node = await site.node();
  const writer = await Writer.online(node, 1);
  const reader = await Reader.online(node, 2);
  const third = await Reader.online(node, 3);
  const lock = await site.connect();
  await lock.query('begin');
  await lock.query('select * from user where id = 3 for update');
  await third.leave();
  // Longer than a node waits for the database.
  for (let n = 0; n < 80; n++) {
    await writer.writeToGroup(1, 1);
    await delay(100);
  }
  await reader.hearAll(80);
  await lock.query('rollback');
  t.equal(reader.inversions, 0, 'in order');
});

t.test(
  'locked rows of stored messages of one user do not keep those of others from being stored',
  async (t) => {
    const site = await DeliverySite.start(t, 22);
    const node = await site.node();
    const lock = await site.connect();
    await lock.query('alter table offlinemessage add index (userid)');
    await lock.query(
      `insert into offlinemessage values ${Array.from({ length: 22 }, (_, n) => `(${n + 1}, '{}')`)}`,
    );
    await lock.query('begin');
    await lock.query('select * from offlinemessage where userid = 3 for update');
    const writer = await Writer.online(node, 1);
    for (let to = 2; to <= 22; to++) await writer.write(to, 10);
    const database = await site.connect();
    const others = Array.from({ length: 21 }, (_, n) => n + 2).filter(
      (id) => id !== 3 && id !== 2 && id !== 4,
    );
    await until(async () => {
      const [rows] = await database.query(
        'select count(*) as count from offlinemessage where userid in (?)',
        [others],
      );
      return (rows as { count: number }[])[0]?.count === others.length * 11;
    }, 'all messages of the others to be stored');
    await lock.query('rollback');
    const reader = await Reader.online(node, 3);
    await reader.hearAll(20, 11);
    t.equal(reader.inversions, 0, 'in order');
  },
);
