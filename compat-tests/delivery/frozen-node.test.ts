import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { freeze } from '../harness/freeze.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** How long a node is frozen, in ms; after more than 30 s messages were forgotten once. */
const FREEZE = Number(process.env.CHAT_FREEZE ?? 3000);

const site = await DeliverySite.start(t, 8);
const here = await site.node();

/** A writer on the first node, and a reader on another, who is to freeze. */
async function apart(from: number, to: number) {
  const there = await site.node();
  const writer = await Writer.online(here, from);
  const reader = await Reader.online(there, to);
  await writer.write(to, 1);
  await reader.hearAll(1);
  return { there, writer, reader };
}

t.test('what a node had not confirmed when it froze is not forgotten, however long that takes', async (t) => {
  const { there, writer, reader } = await apart(1, 2);
  freeze(there.child.pid);
  await writer.write(2, 1000);
  await writer.settle();
  await delay(FREEZE);
  await there.child.stop('SIGKILL');
  await reader.enter(here);
  await reader.hearAll(1001);
  t.equal(reader.inversions, 0, 'in order');
});

t.test('what a node had not confirmed when it froze is not forgotten, however much it is', async (t) => {
  const { there, writer, reader } = await apart(3, 4);
  freeze(there.child.pid);
  // More than may be kept for one writer: it waits.
  const writing = writer.write(4, 150_000);
  await Promise.race([writing, delay(FREEZE)]);
  await there.child.stop('SIGKILL');
  await writing;
  await writer.settle();
  await reader.enter(here);
  await reader.hearAll(150_001);
  t.equal(reader.inversions, 0, 'in order');
});

t.test('what waits for a user who does not read is not forgotten by the node that sent it', async (t) => {
  const { there, writer, reader } = await apart(5, 6);
  reader.line.pause();
  // More than the system takes on its own.
  await writer.write(6, 3000, '.'.repeat(2000));
  await writer.settle();
  await delay(FREEZE);
  await there.child.stop('SIGKILL');
  reader.line.resume();
  await reader.line.closed;
  await reader.enter(here);
  await reader.hearAll(3001);
  t.equal(reader.inversions, 0, 'in order');
});
