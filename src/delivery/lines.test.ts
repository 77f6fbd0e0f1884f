import t from 'tap';
import { Bus } from '../bus/bus.js';
import type { BusEvents } from '../bus/events.js';
import { InProcessHub } from '../bus/in-process.js';
import { Budget, Charge } from '../net/budget.js';
import { Metrics } from '../ops/metrics.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { Kept } from './kept.js';
import { Lines } from './lines.js';
import { Presence } from './presence.js';
import { Writer } from './writer.js';

t.test('a message that comes back stays before one that was being published then', async (t) => {
  const store = openEmbedded(':memory:');
  const userid = Number(await store.register('li', 'pw'));
  let answer: (count: number) => void = () => {};
  const answered = new Promise<number>((resolve) => {
    answer = resolve;
  });
  const bus = new Bus(Object.assign(new InProcessHub().medium(), { publish: () => answered }));
  await bus.start({} as Partial<BusEvents> as BusEvents);
  const writer = new Writer(store, 1, {
    stored: () => {},
    refused: () => t.fail('refused'),
    away: () => t.fail('away'),
  });
  const { outcomes } = new Metrics();
  const lines = new Lines({ presence: new Presence(), bus, writer, outcomes }, () => {});
  const charge = new Charge(new Budget(1_000_000));
  const kept = (text: string) => new Kept(Buffer.from(text), charge);

  lines.add(userid, kept('second'));
  lines.add(userid, kept('third'));
  lines.putBack(userid, [kept('first')]);
  answer(0);
  await lines.published(userid);
  await writer.empty();
  t.same(await store.storedMessages(userid), ['first', 'second', 'third']);

  await bus.close(0);
  await store.close();
});
