import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { LIMITS } from '../../src/limits.js';
import { untilSilent } from '../harness/deadline.js';
import { metric } from '../harness/metric.js';
import { MB, resident } from '../harness/resident.js';
import { Writer } from './people.js';
import { DeliverySite, type Node } from './site.js';

/** The node may keep this much, in bytes; it has about 100 MB without that. */
const KEPT = 64 * MB;
/**
 * Far below what is sent: each work would take 1,400 MB and more. V8 lets its heap grow to more than twice what is in
 * use before it collects, so the resident memory says little more: the kept bytes are asked for.
 */
const MOST = 1000 * MB;
/** Of each connection at most this much is read ahead, on top of KEPT: what waits, and one read. */
const MOST_AHEAD = LIMITS.maxHeld + 65_536;

/** Of each connection at least this much is read before it is held back, in bytes. */
const READ_AHEAD = 65_536;

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 4);

interface Work {
  write(writer: Writer): Promise<void>;
  /** Whether the node reads from its writers no more because of what they have written. */
  isHeldBack(node: Node): Promise<boolean>;
}

const WORKS: Readonly<Record<string, Work>> = {
  // The first one waits for the members of the group. What is read behind it is kept, and nothing more is read.
  'group messages': {
    write: (writer) => writer.writeToGroup(1, 60_000, '.'.repeat(30_000)),
    isHeldBack: async (node) => (await metric(node, 'chat_backlog_bytes')) > 2 * READ_AHEAD,
  },
  'short messages to store': { write: (writer) => writer.write(4, 2_000_000), isHeldBack: areBraked },
};

async function areBraked(node: Node): Promise<boolean> {
  return (await metric(node, 'chat_braked_clients')) === 2;
}

for (const [what, work] of Object.entries(WORKS))
  t.test(`${what} while the database is frozen: a bounded memory`, async (t) => {
    const node = await site.node('--max-kept', `${KEPT}`, '--admin', '0');
    const writers = [await Writer.online(node, 1), await Writer.online(node, 2)];
    site.mariadb.freeze();
    await untilHeldBack(t, node, writers, work);
    site.mariadb.thaw();
    await node.child.stop('SIGKILL');
  });

/** Lets writers write until they are read from no more, which is right. The node must show why, and what it keeps. */
async function untilHeldBack(t: Test, node: Node, writers: readonly Writer[], work: Work): Promise<void> {
  let [most, kept, ended, last, same] = [0, 0, 0, -1, 0];
  for (const writer of writers) void work.write(writer).then(() => ended++);
  const sent = () => writers.reduce((sum, writer) => sum + writer.sent, 0);
  const isOver = async () => {
    await delay(100);
    most = Math.max(most, resident(node.child.pid));
    kept = Math.max(kept, await metric(node, 'chat_backlog_bytes'));
    // Nothing is sent for a second.
    same = sent() === last ? same + 1 : 0;
    last = sent();
    return ended > 0 || (same >= 10 && (await work.isHeldBack(node)));
  };
  await untilSilent(isOver, sent, 'the writers to be held back');
  t.equal(ended, 0, 'they are braked before they have written all');
  for (const { line } of writers) line.destroy();
  t.comment(`${Math.round(kept / MB)} MB are kept, and ${Math.round(most / MB)} MB resident`);
  t.ok(kept < KEPT + writers.length * MOST_AHEAD, `${kept} bytes are kept`);
  t.ok(most < MOST, `${most} bytes`);
}
