import t from 'tap';
import { placeBehind, wrap } from './layout.js';

t.test('rows', async (t) => {
  t.same(wrap('', 4), ['']);
  t.same(wrap('abcd', 4), ['abcd']);
  t.same(wrap('abcde', 4), ['abcd', 'e']);
  t.same(wrap('abc你好', 4), ['abc', '你好'], 'a wide character is not cut');
  t.same(
    wrap('abcé\u0301\u200d', 4),
    ['abcé\u0301\u200d'],
    'what joins the character before takes no column',
  );
  t.same(wrap('😀😀', 3), ['😀', '😀']);
});

t.test('the place behind a text', async (t) => {
  t.same(placeBehind('', 4), { row: 0, column: 0 });
  t.same(placeBehind('abc', 4), { row: 0, column: 3 });
  t.same(placeBehind('abcd', 4), { row: 1, column: 0 }, 'behind a full row is the next one');
  t.same(placeBehind('abc你好', 4), { row: 2, column: 0 });
  t.same(placeBehind('abc你', 4), { row: 1, column: 2 });
});
