import t from 'tap';
import { until } from '../harness/deadline.js';
import { metric } from '../harness/metric.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

/** How many messages come between two kills. */
const SOME = 500;

t.test(
  'a node that is killed again right after its restart: what it had confirmed comes no more',
  async (t) => {
    const site = await DeliverySite.start(t, 2);
    const here = await site.node('--admin', '0');
    let there = await site.node();
    const writer = await Writer.online(here, 1);
    const reader = await Reader.online(there, 2);
    const killed = async () => {
      await there.child.stop('SIGKILL');
      const heard = reader.heard.length;
      there = await site.again(there);
      await reader.enter(there);
      await reader.hearMore(heard);
    };
    const database = await site.connect();
    const stored = async () => {
      const [rows] = await database.query('select count(*) as count from offlinemessage');
      return (rows as { count: number }[])[0]?.count;
    };
    const isConfirmed = async () =>
      (await metric(here, 'chat_unconfirmed_bytes')) === 0 && (await stored()) === 0;
    for (let n = 0; n < 2; n++) {
      const [confirmed, from] = [writer.sent, reader.heard.length];
      const stop = writer.writeOn(2, 5);
      await reader.hearLast(confirmed + SOME);
      await killed();
      await killed();
      await stop();
      await reader.hearAll(writer.sent);
      const again = reader.heard.slice(from).filter((n) => n <= confirmed);
      t.same(again, [], `${reader.repeated} came twice, none of the first ${confirmed}`);
      t.equal(reader.inversions, 0, 'in order');
      await until(isConfirmed, 'all to be confirmed');
    }
  },
);
