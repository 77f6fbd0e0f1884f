import t from 'tap';
import { untilSilent } from '../harness/deadline.js';
import { metric } from '../harness/metric.js';
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
    const node = await site.node('--max-kept', `${KEPT}`, '--admin', '0');
    const writers = [await Writer.online(node, 1), await Writer.online(node, 2)];
    site.mariadb.freeze();
    // Who is not read any more waits; that is right.
    let ended = 0;
    for (const writer of writers) void work(writer).then(() => ended++);
    let most = 0;
    const isBraked = async () => {
      most = Math.max(most, resident(node.child.pid));
      return ended > 0 || (await metric(node, 'chat_braked_clients')) === writers.length;
    };
    const sent = () => writers.reduce((sum, writer) => sum + writer.sent, 0);
    await untilSilent(isBraked, sent, 'both writers to be read from no more');
    t.equal(ended, 0, 'both are braked before they have written all');
    const kept = await metric(node, 'chat_backlog_bytes');
    t.ok(kept > KEPT / 2, `${Math.round(kept / MB)} MB are kept: as much as may be`);
    for (const { line } of writers) line.destroy();
    site.mariadb.thaw();
    t.ok(most < MOST, `${Math.round(most / MB)} MB`);
    await node.child.stop('SIGKILL');
  });
