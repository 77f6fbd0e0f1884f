import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { breakable } from '../../compat-tests/harness/breakable-medium.js';
import { NO_EVENTS } from '../../compat-tests/harness/bus-node.js';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { Bus } from '../bus/bus.js';
import { InProcessHub } from '../bus/in-process.js';
import { Message, type Origin } from '../bus/message.js';
import { Account, Budget } from '../net/budget.js';
import { onUnexpected } from '../net/guard.js';
import { Metrics } from '../ops/metrics.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { Delivery } from './delivery.js';
import { Presence } from './presence.js';
import { HOLD_SENDERS } from './queue.js';
import { Writer } from './writer.js';

/** Delivery on a bus with one other node, whose medium counts receivers as `publish` says, and can go away. */
async function scene(t: Test, publish: () => Promise<number>) {
  const hub = new InProcessHub();
  const { medium, turn, beat } = breakable(hub, publish);
  const store = openEmbedded(':memory:');
  const userid = Number(await store.register('li', 'pw'));
  const [bus, other] = [new Bus(medium), new Bus(hub.medium())];
  const told: string[] = [];
  const writer = new Writer(store, 1);
  writer.tell({
    stored: () => told.push('stored'),
    refused: () => t.fail('refused'),
    away: () => t.fail('away'),
    stuck: () => t.fail('stuck'),
  });
  const { outcomes } = new Metrics();
  const account = new Account(new Budget(1_000_000));
  const presence = new Presence(account);
  const delivery = new Delivery({ presence, bus, writer, outcomes, nobody: account });
  await other.start(NO_EVENTS);
  await bus.start({
    ...NO_EVENTS,
    reachChanged: (id) => (id === undefined ? delivery.pumpAll() : delivery.pump(id)),
    returned: (id, messages) => {
      delivery.takeBack(id, messages);
    },
  });
  t.teardown(() => Promise.all([bus.close(0), other.close(0), store.close()]));
  const stored = async () => {
    await delivery.published(userid);
    await writer.empty();
    return await store.storedMessages(userid);
  };
  return {
    delivery,
    presence,
    told,
    userid,
    kept: (text: string, origin: Origin = 'client') => Message.kept(Buffer.from(text), account, 1, origin),
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
  const { delivery, userid, kept, stored } = await scene(t, () => answered);
  delivery.put(userid, kept('second'));
  delivery.put(userid, kept('third'));
  delivery.takeBack(userid, [kept('first')]);
  answer(0);
  t.same(await stored(), ['first', 'second', 'third']);
});

t.test(
  'who writes behind others waits, with its next request, until its own message is stored',
  async (t) => {
    let answer: (count: number) => void = () => {};
    const answered = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const { delivery, userid, kept, stored, told } = await scene(t, () => answered);
    delivery.put(userid, kept('of another client'));
    const account = new Account(new Budget(1_000_000));
    delivery.put(userid, Message.kept(Buffer.from('its own'), account, 1, 'client'));
    const quiet = account.quiet()?.then(() => told.push('quiet'));
    t.ok(quiet, 'it does not go on at once');
    answer(0);
    await quiet;
    t.same(told.at(-1), 'quiet');
    t.ok(told.includes('stored'));
    t.same(await stored(), ['of another client', 'its own']);
  },
);

t.test(
  'who writes behind several others waits, too, however many of them are published before',
  async (t) => {
    const answers: ((count: number) => void)[] = [];
    const { delivery, userid, kept, told } = await scene(
      t,
      () => new Promise((resolve) => answers.push(resolve)),
    );
    const writes = (text: string) => {
      const account = new Account(new Budget(1_000_000));
      delivery.put(userid, Message.kept(Buffer.from(text), account));
      void account.quiet()?.then(() => told.push(`the sender of the ${text} goes on`));
    };
    delivery.put(userid, kept('first'));
    writes('second');
    writes('third');
    writes('fourth');
    const goOn = ['second', 'third', 'fourth'].map((text) => `the sender of the ${text} goes on`);
    for (let published = 0; published < 4; published++) {
      while (answers.length === 0) await nextTurn();
      t.same(told, goOn.slice(0, Math.max(0, published - 1)));
      answers.shift()?.(1);
      await nextTurn();
    }
    t.same(told, goOn);
  },
);

/** Writes to the user, and tells whether the next request of who wrote would be handled now. */
function writer({ delivery, userid }: Awaited<ReturnType<typeof scene>>, text: string): () => boolean {
  const account = new Account(new Budget(1_000_000));
  delivery.put(userid, Message.kept(Buffer.from(text), account));
  return () => account.quiet() === undefined;
}

t.test('who writes to a user who is arriving waits until that message has gone on', async (t) => {
  const at = await scene(t, async () => 0);
  const session = at.presence.arrive(at.userid);
  const goesOn = writer(at, 'a');
  t.equal(goesOn(), false);
  session.enter(new UnreadClient().connection, () => {});
  at.delivery.pump(at.userid);
  t.equal(goesOn(), false, 'it catches up, and reads the database first');
  at.delivery.sendWaiting(session, 100);
  await nextTurn();
  t.equal(goesOn(), true);
  at.presence.forget(session);
});

t.test('who writes to a user who reads nothing waits for a moment, and no longer', async (t) => {
  const at = await scene(t, async () => 0);
  const session = at.presence.arrive(at.userid);
  session.enter(new UnreadClient().connection, () => {});
  const begun = performance.now();
  const goesOn = writer(at, 'a');
  t.equal(goesOn(), false);
  const timer = setInterval(() => {}, 1000);
  while (!goesOn()) await delay(10);
  clearInterval(timer);
  t.ok(performance.now() - begun > 0.9 * HOLD_SENDERS);
  t.equal(writer(at, 'b')(), true, 'who writes behind that does not wait');
  at.presence.forget(session);
});

/** One message was published and may come back, the next was received by nobody. */
async function unsure(t: Test) {
  const counts = [1, 0];
  const { delivery, userid, kept, ...rest } = await scene(t, async () => counts.shift() ?? 0);
  delivery.put(userid, kept('first'));
  const account = new Account(new Budget(1_000_000));
  delivery.put(userid, Message.kept(Buffer.from('second'), account));
  t.same(await rest.stored(), []);
  return { ...rest, account };
}

t.test('what nobody received is not stored before one that was published and may come back', async (t) => {
  const { turn, stored } = await unsure(t);
  turn(false);
  for (; (await stored()).length === 0; await nextTurn());
  t.same(await stored(), ['first', 'second']);
});

t.test('nor is what is written while that one comes back', async (t) => {
  const { delivery, turn, userid, kept, stored } = await scene(t, async () => 1);
  delivery.put(userid, kept('first'));
  while (delivery.kept > 0) await nextTurn();
  turn(false);
  delivery.put(userid, kept('second'));
  for (; (await stored()).length < 2; await nextTurn());
  t.same(await stored(), ['first', 'second']);
});

t.test('it is stored when that one cannot come back any more; until then its sender waits', async (t) => {
  const { beat, stored, account, told } = await unsure(t);
  const quiet = account.quiet()?.then(() => told.push('quiet'));
  t.ok(quiet, 'its next request is not handled');
  // Until the other node has answered.
  for (; (await stored()).length === 0; await nextTurn()) beat();
  await quiet;
  t.same(told, ['stored', 'quiet']);
  t.same(await stored(), ['second']);
});

t.test(
  'a login is refused: a mark is settled when what came on the channel before it is stored',
  async (t) => {
    const { delivery, presence, told, userid, kept, stored } = await scene(t, async () => 0);
    const session = presence.arrive(userid);
    delivery.put(userid, kept('on its channel', 'channel'));
    delivery.put(
      userid,
      Message.mark(() => told.push('settled')),
    );
    presence.forget(session);
    delivery.pump(userid);
    t.same(await stored(), ['on its channel']);
    t.same(told, ['stored', 'settled']);
  },
);

t.test('a mark waits for nothing that is of clients of this node', async (t) => {
  const { delivery, presence, told, userid, kept, stored } = await scene(t, async () => 0);
  const session = presence.arrive(userid);
  delivery.put(userid, kept('from a client'));
  delivery.put(
    userid,
    Message.mark(() => told.push('settled')),
  );
  presence.forget(session);
  delivery.pump(userid);
  t.same(told, ['settled']);
  t.same(await stored(), ['from a client']);
});

t.test('what cannot be published, for a reason that nobody expects, is stored', async (t) => {
  const error = new TypeError('nobody thought of this');
  const told: unknown[] = [];
  t.teardown(onUnexpected((one) => told.push(one)));
  const { delivery, userid, kept, stored } = await scene(t, () => Promise.reject(error));
  delivery.put(userid, kept('first'));
  delivery.put(userid, kept('second'));
  t.same(await stored(), ['first', 'second']);
  t.ok(told.includes(error));
});
