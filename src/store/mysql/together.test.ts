import t from 'tap';
import { united, withInts, withList } from './together.js';

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

t.test('several questions of a kind are one statement, and each row says whose it is', async (t) => {
  t.equal(
    united('select a from `select ?` where b = ? and c = ?', [
      [0, [1, 2]],
      [7, [-3, 4]],
    ]),
    'select 0 as place, a from `select ?` where b = 1 and c = 2' +
      ' union all select 7 as place, a from `select ?` where b = -3 and c = 4',
  );
  t.throws(() => united('select a where b = ?', [[0, []]]), /not an int/);
  t.throws(() => united('select a where b = ?', [[0, [1, 2]]]), /too many/);
});
