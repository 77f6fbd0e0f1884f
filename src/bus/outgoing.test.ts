import t from 'tap';
import { Incoming } from './incoming.js';
import { Message } from './message.js';
import { Outgoing } from './outgoing.js';
import type { Remote } from './remote.js';
import { takeRefused } from './remotes.js';
import { decode, ENTRY, type Parcel } from './wire.js';

function linkTo() {
  const parcels: Parcel[] = [];
  const link = new Outgoing('00000000000000bb', 1, {
    node: '00000000000000aa',
    tell: (_, bytes) => {
      const word = decode(bytes);
      if (word?.kind === 'parcel') parcels.push(word);
    },
    settled: () => {},
    roomFor: () => {},
    confirmed: () => {},
  });
  const remote = (userid: number): Remote => {
    return { userid, link, at: link, outstanding: 0, refused: [], owned: false, waiting: false };
  };
  return { link, parcels, remote };
}

t.test('the last message of a full parcel is not taken for the first of the next', (t) => {
  const { link, parcels, remote } = linkTo();
  const done: number[] = [];
  const message = Message.received(Buffer.from('x'), (userid) => done.push(userid));
  link.addStored([1]);
  let userid = 1;
  while (parcels.length < 2) link.add(ENTRY.message, message, [remote(++userid)]);
  const sent = parcels.flatMap(({ number, entries }) =>
    entries.map(({ userids }, index) => [number, index, userids[0] ?? 0] as const),
  );
  const open = sent.filter(([, , id]) => id > 1);
  const answer = { epoch: 1, upTo: 2, whole: false, open: [], closed: [], refused: [] };
  link.answered({ ...answer, open });
  t.same(done, [], 'none has left');
  link.answered({ ...answer, closed: open });
  t.same(
    done.sort((a, b) => a - b),
    open.map(([, , id]) => id).sort((a, b) => a - b),
    'each has left, once',
  );
  t.end();
});

t.test('what was published to a node that was cut off comes along when it is back', (t) => {
  const { link, parcels, remote } = linkTo();
  const came: string[] = [];
  const there = new Incoming('00000000000000aa', {
    receive: (_, { bytes }) => came.push(`${bytes}`) > 0,
    confirm: () => came.push('confirmed') > 0,
    stored: () => {},
    answerSoon: () => {},
  });
  const message = (text: string) => Message.received(Buffer.from(text), () => {});
  link.add(ENTRY.channel, message('published'), [remote(1)]);
  link.add(ENTRY.message, message('sent'), [remote(1)]);
  link.flush();
  link.add(ENTRY.message, message('later'), [remote(1)]);
  link.flush();
  for (const parcel of parcels.splice(0))
    t.notOk(there.heard(parcel), 'not heard: what it confirms may be lost');
  t.same(came, []);

  there.cutOff = false;
  t.ok(link.resend(there.seen));
  for (const parcel of parcels) t.ok(there.heard(parcel));
  t.same(came, ['published', 'sent', 'later'], 'in order, with its bytes');
  t.end();
});

t.test('what comes back is told in the order it was sent in, whenever it came back', (t) => {
  const { link, remote } = linkTo();
  const user = remote(2);
  const message = (text: string) => Message.received(Buffer.from(text), () => t.fail('it has not left'));
  link.add(ENTRY.message, message('open'), [user]);
  link.add(ENTRY.message, message('refused'), [user]);
  link.flush();
  const answer = { epoch: 1, upTo: 1, whole: false, closed: [] };
  link.answered({ ...answer, open: [[1, 0, 2]], refused: [[1, 1, 2]] });
  link.add(ENTRY.message, message('unheard'), [user]);
  link.died();
  t.same(
    takeRefused(user).map(({ bytes }) => `${bytes}`),
    ['open', 'refused', 'unheard'],
  );
  t.end();
});
