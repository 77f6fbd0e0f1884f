import t from 'tap';
import { freeze, thaw } from '../harness/freeze.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** As tight as an administrator can be: a node for which more waits is cut off at once. */
const LIMIT = ['--client-output-buffer-limit', 'pubsub 64kb 64kb 1'];
const [PAIRS, COUNT, LENGTH] = [8, 800, 1000];

t.test('a Redis that cuts nodes off because much is on its way to them', async (t) => {
  const site = await DeliverySite.start(t, 2 * PAIRS, ...LIMIT);
  const [here, there] = [await site.node(), await site.node()];
  const pairs = await Promise.all(
    Array.from({ length: PAIRS }, async (_, n) => ({
      writer: await Writer.online(here, 1 + n),
      reader: await Reader.online(there, 1 + PAIRS + n),
    })),
  );
  // The node finds 64 KB of each of them in one turn: its first batch alone is more than the limit.
  freeze(here.child.pid);
  const written = pairs.map(({ writer, reader }) => writer.write(reader.id, COUNT, '.'.repeat(LENGTH)));
  thaw(here.child.pid);
  await Promise.all(written);
  for (const { writer, reader } of pairs) {
    await reader.hearAll(writer.sent);
    t.equal(reader.inversions, 0, 'in order');
  }
  const cuts = site.redis.log.match(/overcoming of output buffer limits/g)?.length ?? 0;
  t.comment(`${cuts} times cut off`);
  t.ok(cuts > 0, 'the limit is what this is about');
});
