import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { aMessage, aNode } from '../../compat-tests/harness/bus-node.js';
import { entryNumber } from './bytes.js';
import type { BusEvents } from './local.js';
import { Receiver } from './receiver.js';
import { Remotes } from './remote.js';
import { Sender } from './sender.js';
import { type Ack, ENTRY } from './wire.js';

const THERE = '00000000000000bb';

/** A sender to a node, and a way to say who is there. */
function link(events: Partial<BusEvents> = {}) {
  const node = aNode(events);
  const remotes = new Remotes(node.local);
  const sender = new Sender(THERE, 1, node.local, remotes);
  const remote = (userid: number) => {
    const remote = remotes.of(userid);
    remote.came(THERE);
    return remote;
  };
  /** The texts of all that has been sent and was not taken yet. */
  const sent = () => {
    sender.flush();
    return node.said('batch').flatMap(({ entries }) => entries.slice(1).map(({ bytes }) => `${bytes}`));
  };
  const ack = (upTo: number, rest: Partial<Ack> = {}) =>
    sender.acked({ incarnation: 1, upTo, whole: false, open: [], done: [], bounced: [], ...rest });
  return { ...node, sender, remotes, remote, sent, ack };
}

/** Entries of a batch for user 2. The first entry names users for whom messages are stored. */
const entry = (batch: number, index: number) => [entryNumber(batch, index), 2] as const;

t.test('the last message of a full batch is not taken for the first of the next', async (t) => {
  const { sender, remote, said, ack } = link();
  const settled: number[] = [];
  const message = aMessage('x', (userid) => settled.push(userid));
  sender.addStored([1]);
  const batches = said('batch');
  for (let userid = 2; batches.length < 2; batches.push(...said('batch')))
    sender.send(message, [remote(userid++)]);
  const users = batches.flatMap(({ number, entries }) =>
    entries.slice(1).map(({ userids }, index) => [entryNumber(number, index + 1), userids[0] ?? 0] as const),
  );
  ack(2, { open: users });
  t.same(settled, [], 'none has left');
  ack(2, { done: users });
  t.same(
    settled,
    users.map(([, id]) => id),
    'each has left, once',
  );
});

t.test('what is done is done with all before it', async (t) => {
  const { sender, remote, sent, ack } = link();
  const settled: string[] = [];
  for (const text of ['a', 'b', 'c'])
    sender.send(
      aMessage(text, (_, how) => how === 'elsewhere' && settled.push(text)),
      [remote(2)],
    );
  sent();
  ack(1, { open: [entry(1, 1), entry(1, 2), entry(1, 3)] });
  t.same(settled, []);
  ack(1, { done: [entry(1, 2)] });
  t.same(settled, ['a', 'b']);
  ack(1, { done: [entry(1, 1), entry(1, 2), entry(1, 3)] });
  t.same(settled, ['a', 'b', 'c'], 'each once');
});

t.test('what a node says of messages that are with a third one by now changes nothing', async (t) => {
  const { sender, remotes, remote, sent, ack, local } = link();
  const third = new Sender('00000000000000cc', 1, local, remotes);
  const user = remote(2);
  sender.send(aMessage('first'), [user]);
  sender.send(aMessage('second'), [user]);
  sent();
  ack(1, { bounced: [entry(1, 1)] });
  remotes.of(2).came('00000000000000cc');
  const messages = ['first again', 'second again'].map((text) =>
    aMessage(text, () => t.fail(`${text} was not done`)),
  );
  for (const message of messages) third.send(message, [user]);
  ack(1, { bounced: [entry(1, 2)] });
  ack(1, { whole: true });
  t.ok(user.isInFlight);
  t.ok(user.isInOrder, 'nothing has bounced');
});

t.test('what is not named when all is said anew has left, but for what came later', async (t) => {
  const { sender, remote, sent, ack } = link();
  const settled: string[] = [];
  const send = (text: string, userid: number) =>
    sender.send(
      aMessage(text, () => settled.push(text)),
      [remote(userid)],
    );
  for (const text of ['a', 'b']) send(text, 2);
  send('for another', 3);
  sent();
  ack(1, { open: [entry(1, 1), entry(1, 2), [entryNumber(1, 3), 3]] });
  send('later', 2);
  sent();
  ack(1, { whole: true, open: [entry(1, 2)] });
  t.same(settled, ['a', 'for another']);
});

t.test(
  'what bounces comes back behind what ends before it, in order, when nothing is in flight',
  async (t) => {
    const returned: string[] = [];
    const { sender, remote, sent, ack, said } = link({
      returned: (userid, messages) => returned.push(`${userid}: ${messages.map(({ bytes }) => bytes)}`),
    });
    const settled: string[] = [];
    for (const text of ['a', 'b'])
      sender.send(
        aMessage(text, () => settled.push(text)),
        [remote(2)],
      );
    sent();
    sender.send(aMessage('c'), [remote(2)]);
    sent();
    ack(1, { open: [entry(1, 1)], bounced: [entry(1, 2)] });
    t.same(returned, [], 'the first may still come back');
    ack(2, { bounced: [entry(2, 1)], done: [entry(1, 1)] });
    t.same(settled, ['a']);
    t.same(returned, ['2: b,c']);
    sender.flush();
    const [batch] = said('batch');
    t.same(batch?.entries[1], { kind: ENTRY.resume, userids: [2], bytes: Buffer.alloc(0) });
  },
);

t.test('when the node dies all comes back in the order in which it was sent', async (t) => {
  const returned: string[] = [];
  const { sender, remote, sent, ack, remotes } = link({
    returned: (_, messages) => returned.push(`${messages.map(({ bytes }) => bytes)}`),
  });
  for (const text of ['open', 'bounced']) sender.send(aMessage(text), [remote(2)]);
  sent();
  ack(1, { open: [entry(1, 1)], bounced: [entry(1, 2)] });
  sender.end();
  await remotes.returned();
  t.same(returned, ['open,bounced']);
});

t.test(
  'for very many users it comes back in parts; nothing newer is sent to those who still wait',
  async (t) => {
    const returned: number[] = [];
    const { sender, remotes, remote } = link({
      returned: (userid) => {
        const end = performance.now() + 1;
        while (performance.now() < end);
        returned.push(userid);
      },
    });
    const userids = Array.from({ length: 100 }, (_, n) => n + 1);
    for (const userid of userids) sender.send(aMessage('x'), [remote(userid)]);
    sender.end();
    for (const userid of userids) remotes.of(userid).came('00000000000000cc');
    const early: number[] = [];
    let turns = 0;
    for (; returned.length < userids.length; turns++) {
      const waiting = userids
        .slice(returned.length)
        .filter((userid) => remotes.get(userid)?.isInOrder === true);
      early.push(...waiting);
      await nextTurn();
    }
    await remotes.returned();
    t.same(returned, userids);
    t.same(early, [], 'who has been given nothing back yet');
    t.ok(turns >= 10, `the event loop went round ${turns} times meanwhile`);
    t.notOk(remotes.areInFlight);
  },
);

t.test('what was published to a node that was cut off comes along when the node is back', async (t) => {
  const { sender, remote, said, local } = link();
  const came: string[] = [];
  const there = aNode({
    receive: (_, { origin, bytes }) => came.push(origin === 'mark' ? 'confirmed' : `${bytes}`) > 0,
  });
  const receiver = new Receiver(local.name, there.local, () => {});
  sender.sendMark(aMessage('published'), remote(1));
  sender.send(aMessage('sent'), [remote(1)]);
  sender.flush();
  sender.send(aMessage('later'), [remote(1)]);
  sender.flush();
  const [first, second] = said('batch');
  t.notOk(receiver.heard(first!), 'what it confirms may be lost: the sender is asked');
  t.ok(receiver.heard(second!), 'and once only');
  t.same(came, []);

  receiver.wasCutOff = false;
  t.ok(sender.resend(receiver.seen));
  for (const batch of said('batch')) t.ok(receiver.heard(batch));
  t.same(came, ['published', 'sent', 'later'], 'in order, with its bytes');
});

t.test('asking for a route changes nothing; who waits is told once', async (t) => {
  const told: (number | undefined)[] = [];
  const { sender, remote, sent, ack } = link({ reachChanged: (userid) => told.push(userid) });
  const user = remote(2);
  const large = aMessage('x'.repeat(1_048_576));
  while (sender.hasCredit(user)) sender.send(large, [user]);
  const other = remote(3);
  for (let n = 0; n < 3; n++) t.notOk(sender.hasCredit(other), 'the window is full for all');
  sender.awaitCredit(3);
  sent();
  ack(1);
  ack(2);
  t.equal(told.filter((userid) => userid === 3).length, 1);
  t.ok(sender.hasCredit(other));
});

t.test('who takes the credit that there is waits behind the others', async (t) => {
  const told: (number | undefined)[] = [];
  const large = aMessage('x'.repeat(1_048_576));
  const { sender, remote, remotes, sent, ack } = link({
    reachChanged: (userid) => {
      const user = userid === undefined ? undefined : remotes.get(userid);
      if (userid === undefined || user === undefined) return;
      told.push(userid);
      if (sender.hasCredit(user)) sender.send(large, [user]);
      sender.awaitCredit(userid);
    },
  });
  const [first] = [2, 3, 4].map(remote);
  while (sender.hasCredit(first!)) sender.send(large, [first!]);
  for (const userid of [2, 3, 4]) sender.awaitCredit(userid);
  sent();
  for (const batch of [1, 2, 3, 4, 5, 6])
    ack(batch, { open: [[entryNumber(batch, 1), batch > 4 ? batch - 1 : 2]] });
  t.same(told.slice(0, 4), [3, 4, 3, 4], 'user 2 has too much in flight');
});

t.test('who has too much in flight waits, and nobody else', async (t) => {
  const told: (number | undefined)[] = [];
  const { sender, remote, sent, ack } = link({ reachChanged: (userid) => told.push(userid) });
  const [slow, other] = [remote(2), remote(3)];
  let batch = 0;
  while (slow.cost <= 8_388_608) {
    sender.send(aMessage('x'.repeat(1_000_000)), [slow]);
    sent();
    batch++;
    ack(batch, { open: [entry(batch, 1)] });
  }
  t.notOk(sender.hasCredit(slow));
  t.ok(sender.hasCredit(other));
  sender.awaitCredit(2);
  ack(batch, { done: [entry(1, 1)] });
  t.same(told, [], 'not for each message that there is room for');
  ack(batch, { done: [entry(batch - 1, 1)] });
  t.same(told, [2]);
});

t.test(
  'stored messages are told of before all that is sent after it, also to a node that comes back',
  async (t) => {
    const { sender, remote, said } = link();
    sender.addStored([7, 8]);
    sender.send(aMessage('x'), [remote(2)]);
    sender.flush();
    const [batch] = said('batch');
    t.same(
      batch?.entries.map(({ kind, userids }) => [kind, userids]),
      [
        [ENTRY.stored, [7, 8]],
        [ENTRY.message, [2]],
      ],
    );
    sender.addStored([9]);
    t.same(sender.untold, [7, 8, 9], 'the node may have heard of none');
  },
);

t.test(
  'what is stored for users who are elsewhere costs no batch; for one who is there it leaves soon',
  async (t) => {
    const { sender, remote, said } = link();
    const told = () => said('batch').map(({ entries }) => entries[0]?.userids);
    sender.addStored([7]);
    await nextTurn();
    t.same(told(), []);
    remote(8);
    sender.addStored([8, 9]);
    await nextTurn();
    t.same(told(), [[7, 8, 9]]);
    sender.addStored([10]);
    sender.flushStored();
    sender.flushStored();
    t.same(told(), [[10]], 'once');
  },
);

t.test('who has ended says nothing more', async (t) => {
  const { sender, remote, said } = link();
  sender.addStored([7]);
  sender.send(aMessage('x'), [remote(2)]);
  sender.end();
  sender.flush();
  t.same(said('batch'), [], 'a batch of an earlier incarnation would confuse the other node');
});

/** What happens to a sender and a receiver that speak to each other. */
const aStep = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    users: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 }),
  }),
  fc.record({ do: fc.constant('settle' as const), users: fc.constant([1, 2, 3]) }),
  fc.record({
    do: fc.constantFrom('leave' as const, 'come' as const),
    users: fc.tuple(fc.integer({ min: 1, max: 3 })),
  }),
  fc.record({
    do: fc.constantFrom('talk' as const, 'lose the ack' as const, 'meet again' as const),
    users: fc.constant([]),
  }),
);

t.test('whatever becomes of messages, each of them is settled once, in order', async () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 40 }), (steps) => {
      const [sent, ended] = [new Map<number, string[]>(), new Map<number, string[]>()];
      const note = (list: typeof sent, id: number, text: string) =>
        list.set(id, [...(list.get(id) ?? []), text]);
      const here = new Set([1, 2, 3]);
      const taken: (() => void)[] = [];
      const l = link({
        returned: (userid, messages) => {
          for (const message of messages) l.sender.send(message, [l.remote(userid)]);
        },
      });
      const there = aNode({
        receive: (userid, message) => {
          if (here.has(userid)) taken.push(() => message.settle(userid));
          return here.has(userid);
        },
      });
      const receiver = new Receiver(l.local.name, there.local, () => {});
      receiver.wasCutOff = false;
      const talk = (whole: boolean, isLost = false) => {
        l.sender.flush();
        for (const batch of l.said('batch')) receiver.heard(batch);
        receiver.ack(whole);
        for (const ack of there.said('ack')) if (!isLost) l.sender.acked(ack);
      };
      let count = 0;
      const does = {
        send: (users: readonly number[]) => {
          const free = users.filter((id) => l.remote(id).isInOrder);
          const text = `${count++}`;
          for (const id of free) note(sent, id, text);
          l.sender.send(
            aMessage(text, (id) => note(ended, id, text)),
            free.map(l.remote),
          );
        },
        settle: () => taken.shift()?.(),
        leave: (users: readonly number[]) => {
          for (const id of users) here.delete(id);
        },
        come: (users: readonly number[]) => {
          for (const id of users) here.add(id);
        },
        talk: () => talk(false),
        'lose the ack': () => talk(false, true),
        'meet again': () => talk(true),
      };
      for (const step of steps) does[step.do](step.users);
      does.come([1, 2, 3]);
      for (let n = 0; n < 4; n++) {
        talk(true);
        for (const settle of taken.splice(0)) settle();
      }
      talk(true);
      assert.deepEqual(ended, sent);
    }),
    { numRuns: 500 },
  );
});
