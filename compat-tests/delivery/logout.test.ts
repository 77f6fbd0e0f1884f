import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

/** More than a connection takes that nobody reads from, in messages and bytes. */
const [COUNT, LENGTH] = [200, 60_000];

t.setTimeout(600_000);

const logout = (id: number) => `{"id":${id},"msgid":3}\0`;

t.test('what was stored for a slow consumer that logs out and reads on does not come again', async (t) => {
  const site = await DeliverySite.start(t, 2);
  const database = await site.connect();
  await database.query('alter table offlinemessage modify message mediumtext not null');
  const node = await site.node();
  const writer = await Writer.online(node, 1);
  const reader = await Reader.online(node, 2);
  const { line: old } = reader;
  old.pause();
  // By and by, so that what is behind the first part is stored.
  for (let part = 0; part < 4; part++) {
    await writer.write(2, COUNT / 4, '.'.repeat(LENGTH));
    await writer.settle();
  }
  await old.send(logout(2));
  old.resume();
  await old.barrier();
  await reader.enter(node);
  await reader.hearAll(COUNT);
  t.equal(reader.repeated, 0, 'each once');
  t.equal(reader.inversions, 0, 'in order');
});
