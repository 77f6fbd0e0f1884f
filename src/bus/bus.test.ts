import { EventEmitter, once } from 'node:events';
import t from 'tap';
import { breakable } from '../../compat-tests/harness/breakable-medium.js';
import { aMessage, NO_EVENTS } from '../../compat-tests/harness/bus-node.js';
import { Bus } from './bus.js';
import { InProcessHub } from './in-process.js';
import type { Message } from './message.js';

t.test(
  'what was published while another node was cut off has not arrived, though somebody was counted',
  async (t) => {
    const hub = new InProcessHub();
    let answer: (count: number) => void = () => {};
    const answered = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const asked = new EventEmitter();
    const slow = () => {
      asked.emit('publish');
      return answered;
    };
    const sender = new Bus(breakable(hub, slow).medium);
    const { medium, turn } = breakable(hub);
    const receiver = new Bus(medium);
    await sender.start(NO_EVENTS);
    await receiver.start(NO_EVENTS);

    const message = aMessage('a message', () => t.fail('it has not left'));
    const published = sender.publish(2, message);
    await once(asked, 'publish');
    turn(false);
    turn(true);
    answer(1);
    t.equal(await published, 'again');

    await Promise.all([sender.close(0), receiver.close(0)]);
  },
);

t.test('where no original can be nothing is published: what goes to a node next could pass it', async (t) => {
  const hub = new InProcessHub();
  const publish = async () => t.fail('on a Redis Cluster the channel of a user may be at another master');
  const medium = Object.assign(breakable(hub, publish as () => Promise<never>).medium, {
    hasOriginals: false,
  });
  const sender = new Bus(medium);
  const receiver = new Bus(breakable(hub).medium);
  await Promise.all([sender.start(NO_EVENTS), receiver.start(NO_EVENTS)]);
  t.equal(await sender.publish(2, aMessage('a message')), 'nobody');
  await receiver.listen(2);
  t.equal(await sender.publish(2, aMessage('a message')), 'again', 'it is known where the user is');
  await Promise.all([sender.close(0), receiver.close(0)]);
});

t.test('who closes waits for a node that acknowledges slowly: what it stored would come twice', async (t) => {
  const hub = new InProcessHub();
  const [sender, receiver] = [new Bus(hub.medium()), new Bus(hub.medium())];
  const held: Message[] = [];
  const receive = (_: number, message: Message) => {
    held.push(message);
    return true;
  };
  await sender.start({ ...NO_EVENTS, returned: () => t.fail('it is not stored') });
  await receiver.start({ ...NO_EVENTS, receive, isHere: () => true });
  await receiver.listen(2);
  const settled: string[] = [];
  const texts = Array.from({ length: 30 }, (_, n) => `message ${n}`);
  for (const text of texts)
    sender.sendNow(
      2,
      aMessage(text, () => settled.push(text)),
    );
  const timer = setInterval(() => held.shift()?.settle(2), 100);
  t.teardown(() => clearInterval(timer));
  await sender.close(2000);
  t.same(settled, texts);
  await receiver.close(0);
});

t.test('what a node has refused it delivers itself when the sender dies before it could', async (t) => {
  const hub = new InProcessHub();
  const dies = hub.medium();
  const sender = new Bus(dies);
  const receiver = new Bus(hub.medium());
  const said: string[] = [];
  const refused = new EventEmitter();
  await sender.start(NO_EVENTS);
  await receiver.start({
    ...NO_EVENTS,
    receive: () => {
      refused.emit('refused');
      return false;
    },
    returned: (userid, messages) => {
      said.push(`${messages.map(({ bytes }) => bytes)} for ${userid}`);
      refused.emit('returned');
    },
  });
  await receiver.listen(2);

  t.ok(sender.sendNow(2, aMessage('a message')));
  await once(refused, 'refused');
  const returned = once(refused, 'returned');
  await dies.close();
  await returned;
  t.same(said, ['a message for 2']);

  await Promise.all([sender.close(0), receiver.close(0)]);
});

t.test('a node that stops while messages come back to it gives back all of them first', async (t) => {
  const hub = new InProcessHub();
  const dies = hub.medium();
  const [stops, other] = [new Bus(hub.medium()), new Bus(dies)];
  const userids = Array.from({ length: 30 }, (_, n) => n + 1);
  const returned: number[] = [];
  await other.start({ ...NO_EVENTS, receive: () => true });
  await stops.start({
    ...NO_EVENTS,
    returned: (userid) => {
      // So long that nothing else comes back in the same turn of the event loop.
      const end = performance.now() + 12;
      while (performance.now() < end);
      returned.push(userid);
    },
  });
  for (const userid of userids) {
    await other.listen(userid);
    t.ok(stops.sendNow(userid, aMessage('a message')));
  }
  await dies.close();
  t.same(returned, []);
  for (const userid of userids) {
    t.ok(stops.isInFlight(userid));
    t.equal(stops.reach(userid), 'later', 'nothing newer is sent');
  }
  await stops.close(0);
  t.same(returned, userids);
  await other.close(0);
});

t.test('who comes in one turn of the event loop, and is let in, is said in one frame', async (t) => {
  const hub = new InProcessHub();
  const medium = hub.medium();
  let said = 0;
  const tell = medium.tell.bind(medium);
  medium.tell = (node, bytes) => {
    said++;
    return tell(node, bytes);
  };
  const [one, other] = [new Bus(medium), new Bus(hub.medium())];
  await one.start(NO_EVENTS);
  await other.start(NO_EVENTS);
  const before = said;
  const users = Array.from({ length: 100 }, (_, n) => n + 1);
  await Promise.all(users.map((userid) => one.listen(userid)));
  t.equal(said - before, 1, 'that all have come');
  for (const userid of users) one.own(userid);
  await one.listen(101);
  t.equal(said - before, 3, 'that one more has come, and that they are let in');
  t.ok(users.every((userid) => other.reach(userid) === 'now' && other.isOwned(userid)));
  await Promise.all([one.close(0), other.close(0)]);
});
