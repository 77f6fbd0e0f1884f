import fc from 'fast-check';
import t from 'tap';
import { MOST_SEQS, type NumberedMessage, type SeqState } from '../../store/store.js';
import { SeqWindow } from './seq-window.js';

const message = (seq: number, state: SeqState, node = ''): NumberedMessage => ({
  ...{ userid: 1, seq, state, node, toid: 2, groupid: 0, sent: 0 },
});

t.test('the last 1,000 numbers are known, and nothing below them', async (t) => {
  const window = new SeqWindow();
  t.equal(window.last, 0);
  t.equal(window.known(1), 'new');
  window.begin(5);
  t.equal(window.known(5), 'open');
  window.end(5, 'stored');
  window.begin(MOST_SEQS + 4);
  t.equal(window.known(5), 'stored');
  t.equal(window.known(4), 'old');
  t.equal(window.known(6), 'new', 'one that is late is not lost');
  window.begin(6);
  t.equal(window.last, MOST_SEQS + 4);
  window.end(6, 'never');
  t.equal(window.known(6), 'new', 'what was refused has not come');
  window.begin(2 ** 31 - 1);
  t.equal(window.known(MOST_SEQS + 4), 'old');
  t.equal(window.known(2 ** 31 - 2), 'new');
});

t.test('it begins with what the database has, and hears what became of what another node had', async (t) => {
  const window = new SeqWindow([message(3000, 'here'), message(2500, 'open', 'other'), message(1, 'here')]);
  t.equal(window.last, 3000);
  t.equal(window.known(1), 'old');
  t.equal(window.known(2500), 'open');
  t.equal(window.nodeOf(2500), 'other');
  t.equal(window.nodeOf(3000), undefined);
  window.hear(message(2500, 'open', 'other'));
  window.hear(message(3000, 'never'));
  t.equal(window.known(3000), 'here', 'what is known here is not changed');
  window.hear(message(2500, 'elsewhere'));
  t.equal(window.known(2500), 'elsewhere');
  t.equal(window.nodeOf(2500), undefined);
});

t.test('whatever comes in whatever order, it says what a set of all numbers says', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 200 }), (numbers) => {
      const window = new SeqWindow();
      const all = new Set<number>();
      let last = 0;
      for (const seq of numbers) {
        const expected = seq <= last - MOST_SEQS ? 'old' : all.has(seq) ? 'here' : 'new';
        if (window.known(seq) !== expected) return false;
        if (expected !== 'new') continue;
        window.begin(seq);
        window.end(seq, 'here');
        all.add(seq);
        last = Math.max(last, seq);
      }
      return window.last === last;
    }),
  );
});
