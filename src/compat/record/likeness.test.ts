import t from 'tap';
import { loadDialect } from '../../dialect/load.js';
import { withIds } from '../ids.js';
import { Likenesses } from './likeness.js';

const likenesses = new Likenesses(loadDialect('original'));

t.test('ids are found in a document, and in documents in its strings', async (t) => {
  const inner = JSON.stringify({ id: 2, name: 'n\\' });
  const { text, ids } = likenesses.of(JSON.stringify({ friends: [inner], id: 1, list: [{ text: inner }] }));
  t.same(
    ids.map(({ value, isInString }) => [value, isInString]),
    [
      [2, true],
      [1, false],
      [2, true],
    ],
  );
  t.equal(text.split('#').length, 4);
});

t.test('backslashes, as many as a user can write, are each looked at once', async (t) => {
  const backslashes = '\\'.repeat(1 << 20);
  const text = `{"id":7,"msg":"${backslashes}","toid":8}`;
  t.same(
    likenesses.of(text).ids.map(({ value }) => value),
    [7, 8],
  );
  const ids = { users: new Map([[7, 9]]), groups: new Map() };
  t.match(withIds(text, ids), /^\{"id":9,/);
});
