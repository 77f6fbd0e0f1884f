import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { mark } from '../campaign/line.js';
import { until } from '../harness/deadline.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const COUNT = 300;
const TEXT = `{"id":1,"msg":"${mark(1, '2', 1)}${'.'.repeat(60_000)}","msgid":6,"toid":2}\0`;

t.test(
  'the same text again and again to a user who moves: none is lost when its first node dies',
  async (t) => {
    const site = await DeliverySite.start(t, 2);
    const [here, first, second] = [await site.node(), await site.node(), await site.node()];
    const writer = await Writer.online(here, 1);
    const reader = await Reader.online(first, 2);

    // The first node keeps what its user did not read: it cannot store it.
    first.database.stall();
    reader.line.pause();
    for (let n = 0; n < COUNT; n++) await writer.line.send(TEXT);
    await Promise.race([writer.settle(), first.child.logged(/slow reader/)]);
    await delay(1000);
    await reader.leave();
    await reader.enter(second);
    for (let n = 0; n < COUNT; n++) await writer.line.send(TEXT);
    await writer.settle();
    await first.child.stop('SIGKILL');
    await until(async () => reader.heard.length >= 2 * COUNT, `all ${2 * COUNT} to come`).catch(() => {});
    t.ok(reader.heard.length >= 2 * COUNT, `${reader.heard.length} of ${2 * COUNT} came`);
  },
);
