import { MOST_SEQS, type NumberedMessage } from '../../src/store/store.js';
import type { Contract } from './open-store.js';

const message = (userid: number, seq: number, changed: Partial<NumberedMessage> = {}): NumberedMessage => ({
  ...{ userid, seq, state: 'here', node: '', toid: 2, groupid: 0, sent: 1_800_000_000, ...changed },
});

/** The store's memory of numbered messages. */
export const seqs: Contract = {
  'numbers of messages: kept, each in its place, the last of a user': async (t, { store }) => {
    const of = async (userid: number) => [...(await store.seqs(userid))].sort((a, b) => a.seq - b.seq);
    t.strictSame(await store.seqs(701), []);
    const open = message(701, 2, { state: 'open', node: 'a1b2', toid: 0, groupid: 2 ** 31 - 1 });
    await store.keepSeqs([message(701, 1), open, message(702, 1, { state: 'stored' })]);
    t.strictSame(await of(701), [message(701, 1), open]);
    t.strictSame(await of(702), [message(702, 1, { state: 'stored' })]);
    await store.keepSeqs([message(701, 2, { state: 'elsewhere' })]);
    await store.keepSeqs([message(701, 2, { state: 'open', node: 'c3' })]);
    t.strictSame(await of(701), [message(701, 1), message(701, 2, { state: 'elsewhere' })], 'it has ended');
    await store.keepSeqs([message(701, 1 + MOST_SEQS), message(701, 2 ** 31 - 1, { state: 'never' })]);
    await store.keepSeqs([message(701, 1, { state: 'stored' })]);
    t.strictSame(
      (await of(701)).map(({ seq, state }) => [seq, state]),
      [
        [2, 'elsewhere'],
        [1 + MOST_SEQS, 'here'],
        [2 ** 31 - 1, 'never'],
      ],
      'a higher number takes the place',
    );
    const many = Array.from({ length: MOST_SEQS + 50 }, (_, n) => message(703, n + 1));
    await store.keepSeqs(many);
    t.strictSame(await of(703), many.slice(50));
  },
};
