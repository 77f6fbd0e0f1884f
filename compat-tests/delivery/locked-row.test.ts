import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(120_000);

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
