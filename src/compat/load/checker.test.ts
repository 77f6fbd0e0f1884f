import t from 'tap';
import { Checker } from './checker.js';

t.test('all that comes in order is fine', async (t) => {
  const checker = new Checker();
  for (let n = 0; n < 5; n++) t.ok(checker.came(n));
  t.same([checker.lost(5), checker.twice, checker.disordered], [0, 0, 0]);
  t.equal(checker.lost(7), 2, 'the last ones have not come');
});

t.test('what is lost, comes twice, or late', async (t) => {
  const checker = new Checker();
  for (const n of [0, 1, 4]) checker.came(n);
  t.equal(checker.lost(5), 2);
  t.ok(checker.came(3), 'late');
  t.notOk(checker.came(4), 'twice');
  t.notOk(checker.came(3), 'twice as well');
  t.same([checker.lost(5), checker.twice, checker.disordered], [1, 2, 1]);
});

t.test('one of a hundred thousand', async (t) => {
  const sent = 100_000;
  const after = (change: (numbers: number[]) => void) => {
    const numbers = Array.from({ length: sent }, (_, n) => n);
    change(numbers);
    const checker = new Checker();
    for (const number of numbers) checker.came(number);
    return [checker.lost(sent), checker.twice, checker.disordered];
  };
  t.same(
    after((numbers) => numbers.splice(77_777, 1)),
    [1, 0, 0],
  );
  t.same(
    after((numbers) => numbers.splice(77_777, 0, 77_776)),
    [0, 1, 0],
  );
  t.same(
    after((numbers) => numbers.splice(77_777, 2, 77_778, 77_777)),
    [0, 0, 1],
  );
});
