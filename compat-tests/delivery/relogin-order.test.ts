import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 4);
const node = await site.node();

t.test('messages to a user who logs in again and again come in order', async (t) => {
  const writer = await Writer.online(node, 1);
  const reader = await Reader.online(node, 2);
  const stop = writer.writeOn(2, 5);
  for (let n = 0; n < 30; n++) {
    await delay(20);
    await reader.leave();
    await delay(n % 10);
    await reader.enter(node);
  }
  await stop();
  await reader.hearAll(writer.sent);
  t.equal(reader.inversions, 0, `of ${writer.sent} messages`);
});

t.test('messages that waited for the database come before those that did not', async (t) => {
  const writer = await Writer.online(node, 3);
  const reader = await Reader.online(node, 4);
  await reader.leave();
  await writer.write(4, 1);
  await writer.settle();
  site.mariadb.freeze();
  await writer.write(4, 5000);
  const entering = reader.enter(node);
  await delay(1000);
  site.mariadb.thaw();
  for (let n = 0; n < 100; n++) {
    await writer.write(4, 250);
    await delay(2);
  }
  await entering;
  await writer.settle();
  await reader.hearAll(writer.sent);
  t.equal(reader.inversions, 0, `of ${writer.sent} messages`);
});
