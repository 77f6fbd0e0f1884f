import { setImmediate as nextTurn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { breakable } from '../../compat-tests/harness/breakable-medium.js';
import { Bus } from '../bus/bus.js';
import type { BusEvents } from '../bus/events.js';
import { InProcessHub } from '../bus/in-process.js';
import { Message } from '../bus/message.js';
import { Budget, Charge } from '../net/budget.js';
import { Metrics } from '../ops/metrics.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { Lines } from './lines.js';
import { Presence } from './presence.js';
import { Writer } from './writer.js';

/** Lines on a bus with one other node, whose medium counts receivers as `publish` says, and can go away. */
async function scene(t: Test, publish: () => Promise<number>) {
  const hub = new InProcessHub();
  const { medium, turn, beat } = breakable(hub, publish);
  const store = openEmbedded(':memory:');
  const userid = Number(await store.register('li', 'pw'));
  const [bus, other] = [new Bus(medium), new Bus(hub.medium())];
  const writer = new Writer(store, 1, {
    stored: () => {},
    refused: () => t.fail('refused'),
    away: () => t.fail('away'),
    stuck: () => t.fail('stuck'),
  });
  const { outcomes } = new Metrics();
  const charge = new Charge(new Budget(1_000_000));
  const lines = new Lines({ presence: new Presence(charge), bus, writer, outcomes }, () => {});
  await other.start({ wayChanged: () => {}, turned: () => {} } as Partial<BusEvents> as BusEvents);
  await bus.start({
    changed: () => lines.pumpAll(),
    turned: () => {},
    wayChanged: (id) => lines.pump(id),
    returned: (id, messages) => {
      lines.putBack(id, messages);
      lines.pump(id);
    },
  } as Partial<BusEvents> as BusEvents);
  t.teardown(() => Promise.all([bus.close(0), other.close(0), store.close()]));
  const stored = async () => {
    await lines.published(userid);
    await writer.empty();
    return await store.storedMessages(userid);
  };
  return {
    lines,
    userid,
    kept: (text: string) => Message.kept(Buffer.from(text), charge),
    turn,
    beat,
    stored,
  };
}

t.test('a message that comes back stays before one that was being published then', async (t) => {
  let answer: (count: number) => void = () => {};
  const answered = new Promise<number>((resolve) => {
    answer = resolve;
  });
  const { lines, userid, kept, stored } = await scene(t, () => answered);
  lines.add(userid, kept('second'));
  lines.add(userid, kept('third'));
  lines.putBack(userid, [kept('first')]);
  answer(0);
  t.same(await stored(), ['first', 'second', 'third']);
});

/** One message was published and may come back, the next was received by nobody. */
async function unsure(t: Test) {
  const counts = [1, 0];
  const { lines, userid, kept, ...rest } = await scene(t, async () => counts.shift() ?? 0);
  lines.add(userid, kept('first'));
  lines.add(userid, kept('second'));
  t.same(await rest.stored(), []);
  return rest;
}

t.test('what nobody received is not stored before one that was published and may come back', async (t) => {
  const { turn, stored } = await unsure(t);
  turn(false);
  t.same(await stored(), ['first', 'second']);
});

t.test('it is stored when that one cannot come back any more', async (t) => {
  const { beat, stored } = await unsure(t);
  // Until the other node has answered.
  for (; (await stored()).length === 0; await nextTurn()) beat();
  t.same(await stored(), ['second']);
});
