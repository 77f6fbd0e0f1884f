import t from 'tap';
import { Outgoing } from './outgoing.js';
import type { Remote } from './remotes.js';
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
    return { userid, link, at: link, outstanding: 0, refused: [], waiting: false };
  };
  return { link, parcels, remote };
}

t.test('the last message of a full parcel is not taken for the first of the next', (t) => {
  const { link, parcels, remote } = linkTo();
  const done: number[] = [];
  const letter = { bytes: Buffer.from('x'), done: (userid: number) => done.push(userid) };
  link.addStored([1]);
  let userid = 1;
  while (parcels.length < 2) link.add(ENTRY.message, letter, [remote(++userid)]);
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
