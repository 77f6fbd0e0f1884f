import t from 'tap';
import { withInts, withList } from './together.js';

t.test('only ints are written into a statement', async (t) => {
  t.equal(
    withInts('select ? from t where id in (?, ?)', [1, -2147483648, 0]),
    'select 1 from t where id in (-2147483648, 0)',
  );
  const others: unknown[] = ['1', '1; drop table user', 1.5, Number.NaN, 1e21, null, undefined, [1]];
  for (const value of others)
    t.throws(() => withInts('select ?', [value as number]), /not an int/, `${value}`);
  t.equal(withList('select 1 where id in (?)', [3, -4]), 'select 1 where id in (3,-4)');
  t.equal(withInts('select `a?` from `b``?` where c = ?', [1]), 'select `a?` from `b``?` where c = 1');
  t.equal(
    withList('select `a?` from t where `in (?)` in (?)', [1, 2]),
    'select `a?` from t where `in (?)` in (1,2)',
  );
  t.throws(() => withInts('select ?', []), /not an int/);
  t.throws(() => withInts('select ?', [1, 2]), /too many/);
});
