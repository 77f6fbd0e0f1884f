import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { MB, resident } from '../harness/resident.js';
import { Writer } from './people.js';
import { DeliverySite } from './site.js';

/** What the node may keep; it has about 100 MB without that. */
const KEPT = 64 * MB;
/**
 * Far below what is sent: each work would take more than 1,400 MB. V8 lets its heap grow to more than twice what is in
 * use before it collects, so 100 to 140 MB are usual and 266 MB were seen once on a busy machine.
 */
const MOST = 500 * MB;

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 4);

const WORKS: Readonly<Record<string, (writer: Writer) => Promise<void>>> = {
  'group messages': (writer) => writer.writeToGroup(1, 60_000, '.'.repeat(30_000)),
  'short messages to store': (writer) => writer.write(4, 2_000_000),
};

for (const [what, work] of Object.entries(WORKS))
  t.test(`${what} while the database is frozen: a bounded memory`, async (t) => {
    const node = await site.node('--max-kept', `${KEPT}`);
    const writers = [await Writer.online(node, 1), await Writer.online(node, 2)];
    site.mariadb.freeze();
    // Who is not read any more waits; that is right.
    let ended = 0;
    for (const writer of writers) void work(writer).then(() => ended++);
    let [most, last] = [0, -1];
    for (let same = 0; same < 10 && ended === 0; ) {
      await delay(100);
      most = Math.max(most, resident(node.child.pid));
      const sent = writers.reduce((sum, writer) => sum + writer.sent, 0);
      same = sent === last ? same + 1 : 0;
      last = sent;
    }
    t.equal(ended, 0, 'the writers are read from no more');
    for (const { line } of writers) line.destroy();
    site.mariadb.thaw();
    t.ok(most < MOST, `${Math.round(most / MB)} MB`);
    await node.child.stop('SIGKILL');
  });
