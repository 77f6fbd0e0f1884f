import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import { aMessage, aNode } from '../../compat-tests/harness/bus-node.js';
import type { BusEvents } from './local.js';
import { Membership } from './membership.js';
import type { Message } from './message.js';
import { Remotes } from './remote.js';
import type { Sender } from './sender.js';
import { Unclaimed } from './unclaimed.js';
import { ANY_SPEECH, ENTRY, encode, type State } from './wire.js';

const [OTHER, THIRD] = ['00000000000000aa', '00000000000000bb'];

function scene(events: Partial<BusEvents> = {}) {
  const told: string[] = [];
  const node = aNode({
    reachChanged: (userid) => told.push(`reach of ${userid}`),
    returned: (userid, messages) => told.push(`returned to ${userid}: ${messages.map(({ bytes }) => bytes)}`),
    mayBeStored: () => told.push('something may be stored'),
    ...events,
  });
  const [remotes, senders] = [new Remotes(node.local), new Map<string, Sender>()];
  const unclaimed = new Unclaimed(node.local, remotes, senders);
  const membership = new Membership(node.local, remotes, senders, unclaimed);
  /** The node where a user is. */
  const nodeOf = (userid: number) => remotes.get(userid)?.node;
  const send = (userid: number, message: Message) =>
    senders.get(nodeOf(userid) ?? '')?.send(message, [remotes.get(userid)!]);
  const state = (from: string, rest: Partial<State> = {}) =>
    membership.heard(
      encode('state', from, { hello: false, userids: [], seen: [], speech: ANY_SPEECH, ...rest }),
    );
  return { ...node, told, remotes, senders, nodeOf, send, unclaimed, membership, state };
}

t.test('who greets hears where everybody is, and what this node has of it', async (t) => {
  const { local, said, state, nodeOf } = scene();
  local.users.add(5);
  state(OTHER, { hello: true, userids: [7] });
  t.same(
    said('state').map(({ hello, userids }) => ({ hello, userids })),
    [{ hello: false, userids: [5] }],
  );
  t.equal(said('ack')[0]?.whole, true);
  t.equal(nodeOf(7), OTHER);
  t.equal(nodeOf(8), undefined);
  state(OTHER, { userids: [8] });
  t.same(said('state'), [], 'who answers is not answered');
  t.equal(nodeOf(7), undefined, 'whom a node does not name is not there');
});

t.test('who greets is told who may not log in, before all else; who answers is not', async (t) => {
  const heard: unknown[] = [];
  const bans = [{ userid: 3, seconds: 60 }];
  const { membership, state, said, kinds } = scene({
    bans: () => bans,
    banned: (...told) => heard.push(told),
  });
  state(OTHER, { hello: true });
  t.same(kinds().slice(0, 2), ['banned', 'state']);
  t.match(said('banned'), [{ still: true, bans }]);
  state(OTHER);
  t.same(said('banned'), []);
  membership.heard(encode('banned', OTHER, { still: true, bans }));
  membership.heard(encode('banned', OTHER, { still: false, bans }));
  t.same(heard, [
    [bans, true],
    [bans, false],
  ]);
});

t.test('very many are said in frames that other nodes read', async (t) => {
  const bans = Array.from({ length: 2500 }, (_, userid) => ({ userid, seconds: 60 }));
  const userids = bans.map(({ userid }) => userid);
  const { membership, state, said } = scene({ bans: () => bans, isHere: () => true });
  state(OTHER, { hello: true });
  const told = said('banned').map((frame) => frame.bans);
  t.same(told.flat(), bans);
  t.same(
    told.map(({ length }) => length),
    [1000, 1000, 500],
  );
  state(THIRD, { userids });
  await membership.greet();
  const kept = said('moved').map(({ came }) => came);
  t.same(kept.flat(), userids, 'two nodes that were apart have the same users');
  t.ok(kept.every(({ length }) => length <= 1000));
  membership.close();
});

t.test('a node with very many users is heard in parts, and nothing passes what it says', async (t) => {
  const { membership, state, nodeOf, told, said, remotes } = scene();
  const userids = Array.from({ length: 5000 }, (_, n) => n + 1);
  state(OTHER, { hello: true, userids });
  t.equal(said('state').length, 1, 'it need not wait for its answer');
  t.equal(nodeOf(1000), OTHER);
  t.equal(nodeOf(1001), undefined, 'one part is heard at once');
  // Each of these would be wrong if it were heard before the users whom it is about.
  membership.heard(encode('moved', OTHER, { came: [], left: [5000] }));
  membership.heard(encode('moved', THIRD, { came: [4000, 4999], left: [] }));
  membership.heard(encode('moved', THIRD, { came: [], left: [4999] }));
  state(THIRD, { userids: [...userids.slice(0, 2500), 4000] });
  membership.heard(encode('moved', OTHER, { came: [2500], left: [] }));
  t.equal(nodeOf(5000), undefined);
  await membership.greet();
  t.same([1, 2499, 2500, 2501, 4000, 4999, 5000].map(nodeOf), [
    THIRD,
    THIRD,
    OTHER,
    OTHER,
    THIRD,
    undefined,
    undefined,
  ]);
  t.equal(said('ack').length, 2);
  told.length = 0;
  state(OTHER, { userids: [2500] });
  await membership.greet();
  t.same([2500, 2501, 4998].map(nodeOf), [OTHER, undefined, undefined], 'whom it does not name is not there');
  // A node that is cut off or dies meanwhile, and this one, which ends.
  state(OTHER, { userids });
  membership.gone(OTHER);
  t.equal(nodeOf(1000), OTHER, 'that is done behind it');
  await membership.greet();
  t.equal(nodeOf(1000), undefined);
  await remotes.returned();
  state(OTHER, { userids });
  membership.heard(encode('taken', OTHER, { userids: [1] }));
  membership.close();
  await remotes.returned();
  told.length = 0;
  await membership.greet();
  t.same([nodeOf(1001), told], [undefined, []], 'then it hears no more');
});

t.test(
  'a node that says that it ends is looked behind once, though the medium tells of it, too',
  async (t) => {
    const { membership, told, state } = scene();
    state(OTHER);
    state(THIRD);
    told.length = 0;
    membership.heard(encode('closed', OTHER, {}));
    membership.gone(OTHER);
    t.same(told, ['something may be stored']);
    membership.gone(THIRD);
    t.same(
      told,
      ['something may be stored', 'something may be stored'],
      'one that has died has said nothing',
    );
  },
);

t.test('what is stored for a user who is not here is told of before it is acknowledged', async (t) => {
  const kept: Message[] = [];
  const here = new Set([8]);
  const { membership, state, kinds, taken, senders } = scene({
    receive: (_, message) => kept.push(message) > 0,
    isHere: (userid) => here.has(userid),
  });
  state(OTHER);
  taken();
  const entries = [7, 8].map((userid) => ({
    kind: ENTRY.message,
    userids: [userid],
    bytes: Buffer.from(`to ${userid}`),
  }));
  membership.heard(encode('batch', OTHER, { incarnation: 1, number: 1, entries }));
  senders.get(OTHER)?.addStored([8]);
  kept[1]?.settle(8, 'stored');
  state(OTHER);
  t.equal(kinds()[0], 'ack', 'whom this node still has reads the database when it has left');
  taken();
  senders.get(OTHER)?.addStored([7]);
  kept[0]?.settle(7, 'stored');
  state(OTHER);
  t.same(kinds().slice(0, 2), ['batch', 'ack']);
});

t.test(
  'who waits until another node has let a user go goes on when that is said, and at its time at the latest',
  async (t) => {
    const { membership } = scene();
    let hasEnded = false;
    const waiting = membership.released(7, new Promise(() => {})).then(() => {
      hasEnded = true;
    });
    membership.heard(encode('released', OTHER, { userids: [8] }));
    await nextTurn();
    t.notOk(hasEnded, 'another user');
    membership.heard(encode('released', OTHER, { userids: [7] }));
    await waiting;
    await membership.released(7, Promise.resolve());
  },
);

t.test('users come and go; one who is on this node comes nowhere', async (t) => {
  const { membership, said, nodeOf } = scene({ isHere: (userid) => userid === 5 });
  membership.heard(encode('moved', OTHER, { came: [5, 7], left: [] }));
  t.equal(nodeOf(7), OTHER);
  t.equal(nodeOf(5), undefined);
  t.same(
    said('moved').map(({ came, left }) => [came, left]),
    [[[5], []]],
    'the others hear who has kept it',
  );
  membership.heard(encode('moved', THIRD, { came: [], left: [7] }));
  t.equal(nodeOf(7), OTHER, 'it was not there');
  membership.heard(encode('moved', OTHER, { came: [], left: [7] }));
  t.equal(nodeOf(7), undefined);
});

t.test('the node that has let a user in owns it, until the user comes to another one', async (t) => {
  const { membership, remotes } = scene();
  membership.heard(encode('moved', OTHER, { came: [7], left: [] }));
  t.equal(remotes.get(7)?.isOwned, false, 'it is only logging in there');
  membership.heard(encode('owned', OTHER, { userids: [7] }));
  t.equal(remotes.get(7)?.isOwned, true);
  membership.heard(encode('moved', THIRD, { came: [7], left: [] }));
  t.equal(remotes.get(7)?.isOwned, false);
});

t.test(
  'what a dead node had comes back; also what was published, and what it was to deliver anew',
  async (t) => {
    const { membership, told, state, unclaimed, nodeOf, send, senders, remotes } = scene();
    state(OTHER, { userids: [7] });
    send(7, aMessage('sent'));
    unclaimed.add(8, aMessage('published'));
    const entries = [{ kind: 0, userids: [9], bytes: Buffer.from('its own') }];
    membership.heard(encode('batch', OTHER, { incarnation: 1, number: 1, entries }));
    told.length = 0;
    membership.gone(OTHER);
    await remotes.returned();
    t.same(told, [
      'something may be stored',
      'returned to 8: published',
      'reach of 8',
      'returned to 7: sent',
      'reach of 7',
      'returned to 9: its own',
      'reach of 9',
    ]);
    t.equal(nodeOf(7), undefined);
    t.equal(senders.size, 0);
  },
);

t.test('a node that dies with very many users holds up nobody: they are seen to in turns', async (t) => {
  const { membership, told, state, nodeOf, send, remotes } = scene();
  const userids = Array.from({ length: 5000 }, (_, n) => n + 1);
  const written = userids.filter((userid) => userid % 2 === 0);
  state(OTHER, { userids });
  await membership.greet();
  for (const userid of written) send(userid, aMessage('sent'));
  told.length = 0;
  membership.gone(OTHER);
  t.same(told, ['something may be stored'], 'nothing else is done in the turn in which it is found');
  t.ok(userids.every((userid) => nodeOf(userid) === undefined));
  t.ok(
    written.every((userid) => !remotes.get(userid)?.isInOrder),
    'nothing newer is sent before them',
  );
  t.ok(remotes.areInFlight);
  // A user who comes to another node before its turn has come stays known there.
  membership.heard(encode('moved', THIRD, { came: [4999, 5000], left: [] }));
  await remotes.returned();
  t.same(
    told.filter((what) => what.startsWith('returned')),
    written.map((userid) => `returned to ${userid}: sent`),
  );
  t.equal(new Set(told.filter((what) => what.startsWith('reach'))).size, userids.length);
  t.same([nodeOf(1), nodeOf(2), nodeOf(4999), nodeOf(5000)], [undefined, undefined, THIRD, THIRD]);
  t.equal(remotes.get(2), undefined, 'it is forgotten');
  t.notOk(remotes.areInFlight);
});

t.test('a node that is back under its name gets nothing newer before what was lost comes back', async (t) => {
  const { membership, told, state, nodeOf, send, senders, remotes, said } = scene();
  state(OTHER, { userids: [7] });
  send(7, aMessage('old'));
  membership.gone(OTHER);
  state(OTHER, { userids: [7] });
  t.equal(nodeOf(7), OTHER);
  t.notOk(remotes.get(7)?.isInOrder);
  await remotes.returned();
  t.same(
    told.filter((what) => what.startsWith('returned')),
    ['returned to 7: old'],
  );
  t.ok(remotes.get(7)?.isInOrder);
  send(7, aMessage('new'));
  senders.get(OTHER)?.flush();
  t.same(
    said('batch')
      .at(-1)
      ?.entries.slice(1)
      .map(({ bytes }) => `${bytes}`),
    ['new'],
  );
});

t.test(
  'a node that closes has said all: what it has not acknowledged comes back, and what it stored is looked for',
  async (t) => {
    const { membership, told, state, send, remotes } = scene();
    state(OTHER, { userids: [7] });
    send(7, aMessage('sent'));
    told.length = 0;
    membership.heard(encode('closed', OTHER, {}));
    await remotes.returned();
    t.same(told, ['something may be stored', 'returned to 7: sent', 'reach of 7']);
  },
);

t.test('to a node that had taken this one for dead, and has forgotten it, all goes anew', async (t) => {
  const { membership, told, state, said, local, remotes, send, senders } = scene();
  state(OTHER, { userids: [7] });
  send(7, aMessage('acknowledged'));
  const first = senders.get(OTHER);
  first?.addStored([9]);
  first?.flush();
  first?.acked({ incarnation: 1, upTo: 1, whole: false, open: [], done: [], bounced: [] });
  send(7, aMessage('not acknowledged'));
  first?.addStored([10]);
  first?.flush();
  said('batch');
  told.length = 0;
  state(OTHER, { userids: [7], seen: [{ node: local.name, incarnation: 0, number: 0 }] });
  await remotes.returned();
  t.ok(told.includes('returned to 7: not acknowledged'));
  t.not(senders.get(OTHER), first);
  senders.get(OTHER)?.flush();
  const batch = said('batch').at(-1);
  t.same(
    [batch?.incarnation, batch?.number, batch?.entries[0]?.userids],
    [2, 1, [10]],
    'it hears what is stored',
  );
  t.equal(membership.hasBeenAlone, false);
});

t.test('where a user comes it is told at once what was stored meanwhile', async (t) => {
  const { membership, state, said, senders } = scene();
  state(OTHER);
  senders.get(OTHER)?.addStored([7]);
  t.same(said('batch'), []);
  membership.heard(encode('moved', OTHER, { came: [7], left: [] }));
  t.same(
    said('batch').map(({ entries }) => entries.map(({ kind, userids }) => [kind, userids])),
    [[[ENTRY.stored, [7]]]],
  );
});

t.test('what a node has missed is sent again', async (t) => {
  const { state, said, local, send, senders } = scene();
  state(OTHER, { userids: [7] });
  send(7, aMessage('lost'));
  senders.get(OTHER)?.flush();
  const lost = said('batch');
  state(OTHER, { userids: [7], seen: [{ node: local.name, incarnation: 1, number: 0 }] });
  t.same(said('batch'), lost);
});

t.test('a node that speaks another dialect is told of, and not met', async (t) => {
  const { membership, state, said, nodeOf, senders } = scene();
  state(OTHER, { hello: true, userids: [7], speech: { name: 'muduo', fingerprint: 'x' } });
  t.equal(membership.foreign?.name, 'muduo');
  t.equal(said('state').length, 1, 'it hears why');
  t.equal(nodeOf(7), undefined);
  t.equal(senders.size, 0);
});
