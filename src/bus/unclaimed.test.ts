import t from 'tap';
import { aMessage, aNode } from '../../compat-tests/harness/bus-node.js';
import { Remotes } from './remote.js';
import { Sender } from './sender.js';
import { Unclaimed } from './unclaimed.js';
import { ENTRY } from './wire.js';

const [FIRST, SECOND] = ['00000000000000aa', '00000000000000bb'];

function scene(here: ReadonlySet<number> = new Set()) {
  const told: string[] = [];
  const node = aNode({
    isHere: (userid) => here.has(userid),
    reachChanged: (userid) => told.push(`another route to ${userid}`),
    returned: (userid, messages) => told.push(`returned to ${userid}: ${messages.map(({ bytes }) => bytes)}`),
  });
  const remotes = new Remotes(node.local);
  const nodes = new Map([FIRST, SECOND].map((name) => [name, new Sender(name, 1, node.local, remotes)]));
  const senders = [...nodes.values()];
  const unclaimed = new Unclaimed(node.local, remotes, nodes);
  const publish = (text: string, userid: number) =>
    unclaimed.add(
      userid,
      aMessage(text, (_, how) => told.push(how === 'elsewhere' ? `${text} has left` : how)),
    );
  const ack = (sender: Sender | undefined, upTo: number) =>
    sender?.acked({ incarnation: 1, upTo, whole: false, open: [], done: [], bounced: [] });
  const isUnclaimed = (userid: number) => remotes.get(userid)?.isUnclaimed === true;
  return { ...node, told, remotes, nodes, senders, unclaimed, isUnclaimed, publish, ack };
}

t.test('an original node has it when all nodes of ours have heard what came after it', async (t) => {
  const { told, unclaimed, isUnclaimed, publish, senders, ack } = scene();
  publish('a', 7);
  unclaimed.beat([]);
  ack(senders[0], 1);
  unclaimed.beat([]);
  t.same(told, [], 'the second has not answered');
  ack(senders[1], 1);
  unclaimed.beat([]);
  t.same(told, ['a has left', 'another route to 7']);
  t.notOk(isUnclaimed(7));
});

t.test('a node that hears nothing now is not waited for', async (t) => {
  const { told, unclaimed, publish, senders, ack } = scene();
  publish('a', 7);
  unclaimed.beat([SECOND]);
  ack(senders[0], 1);
  unclaimed.beat([]);
  t.same(told, ['a has left', 'another route to 7']);
});

t.test('a node that closes is not waited for any more', async (t) => {
  const { told, unclaimed, publish, nodes, senders, ack } = scene();
  publish('a', 7);
  unclaimed.beat([]);
  ack(senders[0], 1);
  nodes.delete(SECOND);
  senders[1]?.end();
  unclaimed.beat([]);
  t.same(told, ['a has left', 'another route to 7']);
});

t.test('a node that says that the user is there acknowledges it', async (t) => {
  const { told, unclaimed, isUnclaimed, publish, remotes, senders, said, ack } = scene();
  publish('a', 7);
  unclaimed.beat([]);
  publish('b', 7);
  publish('for another', 8);
  said('batch');
  remotes.of(7).came(FIRST);
  unclaimed.claim(remotes.of(7));
  t.notOk(isUnclaimed(7));
  t.ok(isUnclaimed(8));
  senders[0]?.flush();
  const [batch] = said('batch');
  t.same(
    batch?.entries.slice(1).map(({ kind, userids }) => [kind, userids]),
    [
      [ENTRY.channel, [7]],
      [ENTRY.channel, [7]],
    ],
  );
  ack(senders[0], 2);
  t.same(told, ['a has left', 'b has left', 'another route to 7']);
});

t.test('when a node may not have heard it, all comes back in order', async (t) => {
  const { told, unclaimed, publish, remotes, isUnclaimed } = scene();
  publish('a', 7);
  publish('for another', 8);
  unclaimed.beat([]);
  publish('b', 7);
  unclaimed.doubt();
  await remotes.returned();
  t.same(told, [
    'returned to 7: a,b',
    'another route to 7',
    'returned to 8: for another',
    'another route to 8',
  ]);
  t.equal(unclaimed.doubts, 1);
  t.notOk(isUnclaimed(7));
});

t.test('what comes back stays behind what is still in flight to a node that the user has left', async (t) => {
  const { told, unclaimed, publish, remotes, senders, ack } = scene();
  const remote = remotes.of(7);
  remote.came(FIRST);
  senders[0]?.send(aMessage('first'), [remote]);
  remotes.left(7, FIRST);
  publish('second', 7);
  unclaimed.doubt();
  await remotes.returned();
  t.same(told, ['another route to 7'], 'the first may bounce');
  t.notOk(remote.isInOrder, 'nothing newer is sent');
  ack(senders[0], 1);
  t.same(told.slice(1), ['returned to 7: second', 'another route to 7']);
  t.equal(remotes.get(7), undefined);
});

t.test('who has come here waits for it for some beats, and then gets all of it anew', async (t) => {
  const here = new Set<number>();
  const { told, unclaimed, publish, remotes, isUnclaimed } = scene(here);
  publish('a', 7);
  for (let n = 0; n < 3; n++) unclaimed.beat([]);
  publish('b', 7);
  publish('c', 8);
  here.add(7);
  unclaimed.beat([]);
  t.same(told, [], 'a node may still say that it has it');
  unclaimed.beat([]);
  await remotes.returned();
  t.same(told, ['returned to 7: a,b', 'another route to 7']);
  t.notOk(isUnclaimed(7));
  for (let n = 0; n < 9; n++) unclaimed.beat([]);
  t.ok(isUnclaimed(8), 'that of others waits');
});
