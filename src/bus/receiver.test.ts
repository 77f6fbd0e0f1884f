import t from 'tap';
import { aNode } from '../../compat-tests/harness/bus-node.js';
import { onUnexpected } from '../net/guard.js';
import { type Entry, entryNumber } from './bytes.js';
import type { BusEvents } from './local.js';
import type { Message } from './message.js';
import { Receiver } from './receiver.js';
import { ENTRY } from './wire.js';

const FROM = '00000000000000aa';

function message(text: string, ...userids: number[]): Entry {
  return { kind: ENTRY.message, userids, bytes: Buffer.from(text) };
}

/** A receiver on a node that keeps what comes for users 1 and 2, who are there. */
function scene(events: Partial<BusEvents> = {}) {
  const came: { readonly userid: number; readonly message: Message }[] = [];
  const node = aNode({
    receive: (userid, message) => userid <= 2 && came.push({ userid, message }) > 0,
    ...events,
  });
  const receiver = new Receiver(FROM, node.local, () => {});
  receiver.wasCutOff = false;
  let number = 0;
  const hear = (...entries: Entry[]) => receiver.heard({ incarnation: 1, number: ++number, entries });
  const acks = () => {
    receiver.close();
    return node.said('ack').map(({ upTo, open, done, bounced }) => ({ upTo, open, done, bounced }));
  };
  return { ...node, receiver, came, hear, acks };
}

t.test('what was done before the acknowledgement is not named in it', async (t) => {
  const { hear, came, acks } = scene();
  hear(message('a', 1), message('b', 1));
  came[0]?.message.settle(1);
  t.same(acks(), [{ upTo: 1, open: [[entryNumber(1, 1), 1]], done: [], bounced: [] }]);
  came[1]?.message.settle(1);
  t.same(acks(), [{ upTo: 1, open: [], done: [[entryNumber(1, 1), 1]], bounced: [] }]);
  t.same(acks(), [], 'there is nothing to acknowledge');
});

t.test('a message for several users is open for each until it has left for that one', async (t) => {
  const { hear, came, acks } = scene();
  hear(message('a', 1, 2, 3));
  const [only] = came;
  only?.message.settle(2);
  t.same(acks(), [{ upTo: 1, open: [[entryNumber(1, 0), 1]], done: [], bounced: [[entryNumber(1, 0), 3]] }]);
  only?.message.settle(1);
  t.same(acks(), [{ upTo: 1, open: [], done: [[entryNumber(1, 0), 1]], bounced: [] }]);
});

t.test('what comes for a user who was not here bounces until the sender has begun anew', async (t) => {
  const here = new Set<number>();
  const came: string[] = [];
  const { hear, receiver, acks } = scene({
    receive: (userid, { bytes }) => here.has(userid) && came.push(`${bytes}`) > 0,
  });
  hear(message('a', 1));
  here.add(1);
  hear(message('b', 1));
  t.same(came, [], 'the second must not pass the first');
  t.same(
    receiver.orphans.map(([userid, messages]) => [userid, messages.map(({ bytes }) => `${bytes}`)]),
    [[1, ['a', 'b']]],
    'should the sender die they are delivered from here',
  );
  t.same(acks()[0]?.bounced, [
    [entryNumber(1, 0), 1],
    [entryNumber(2, 0), 1],
  ]);
  hear({ kind: ENTRY.resume, userids: [1], bytes: Buffer.alloc(0) }, message('a', 1), message('b', 1));
  t.same(came, ['a', 'b']);
  t.same(receiver.orphans, []);
});

t.test('a batch that comes twice is taken once; one is asked for that is missing', async (t) => {
  const { receiver, came } = scene();
  const batch = (number: number) => ({ incarnation: 1, number, entries: [message(`${number}`, 1)] });
  t.ok(receiver.heard(batch(1)));
  t.ok(receiver.heard(batch(1)));
  t.notOk(receiver.heard(batch(3)), 'the sender must be asked');
  t.ok(receiver.heard(batch(4)), 'once');
  t.ok(receiver.heard(batch(1)), 'it sends all again');
  t.notOk(receiver.heard(batch(3)), 'of which one is lost: it must be asked again');
  t.same(receiver.seen, { node: FROM, incarnation: 1, number: 1 });
  for (const number of [2, 3, 4]) t.ok(receiver.heard(batch(number)));
  t.same(
    came.map(({ message: { bytes } }) => `${bytes}`),
    ['1', '2', '3', '4'],
  );
});

t.test('with another incarnation all begins anew, and what is open from before is not told', async (t) => {
  const { receiver, came, acks, hear } = scene();
  hear(message('old', 1));
  acks();
  t.ok(receiver.heard({ incarnation: 2, number: 1, entries: [message('new', 1)] }));
  came[0]?.message.settle(1);
  t.same(acks(), [{ upTo: 1, open: [[entryNumber(1, 0), 1]], done: [], bounced: [] }]);
});

t.test('while the medium is away nothing is acknowledged, and nothing is forgotten', async (t) => {
  const { receiver, hear, local, said } = scene();
  hear(message('a', 1), message('b', 3));
  local.isUp = false;
  receiver.ack(false);
  local.isUp = true;
  receiver.ack(true);
  const [ack] = said('ack');
  t.same(ack?.open, [[entryNumber(1, 0), 1]]);
  t.same(ack?.bounced, [[entryNumber(1, 1), 3]]);
});

t.test('an error with one message costs no other: that one bounces', async (t) => {
  const came: string[] = [];
  const { hear, acks } = scene({
    receive: (userid, { bytes }) => {
      if (userid === 1) throw new TypeError('nobody thought of this');
      return came.push(`${userid} ${bytes}`) > 0;
    },
    stored: () => {
      throw new TypeError('nor of this');
    },
  });
  const told: string[] = [];
  t.teardown(onUnexpected((error) => told.push(`${error}`)));
  hear({ kind: ENTRY.stored, userids: [2], bytes: Buffer.alloc(0) }, message('a', 1, 2), message('b', 2));
  t.same(came, ['2 a', '2 b']);
  const [ack] = acks();
  t.same(ack?.bounced, [[entryNumber(1, 1), 1]]);
  t.same(ack?.open, [
    [entryNumber(1, 1), 2],
    [entryNumber(1, 2), 2],
  ]);
  t.same(told, ['TypeError: nor of this', 'TypeError: nobody thought of this']);
});
