import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Crowds } from './crowds.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

t.test('few are served at once', async (t) => {
  const served: number[] = [];
  const done = new Crowds(1000).each([1, 2, 3], (some) => served.push(...some));
  t.equal(done, undefined);
  t.same(served, [1, 2, 3]);
});

t.test('of many the others have their turn between the parts, and all come in order', async (t) => {
  const served: number[] = [];
  const done = new Crowds(1000).each(numbers(5000), (some) => {
    served.push(...some);
    // So long that no second part goes in the same turn.
    const end = performance.now() + 11;
    while (performance.now() < end);
  });
  const seen: number[] = [];
  while (served.length < 5000) {
    seen.push(served.length);
    await turn();
  }
  await done;
  t.same(served, numbers(5000));
  t.ok(seen.length >= 50, `${seen.length} turns`);
});

t.test('who comes when the turn has had its many waits for another one', async (t) => {
  const crowds = new Crowds(1000);
  const served: string[] = [];
  const first = crowds.each(numbers(1000), () => served.push('first'));
  const second = crowds.each([1], () => served.push('second'));
  t.equal(first, undefined);
  t.same(served, ['first']);
  await second;
  t.same(served, ['first', 'second']);
  await turn();
  t.equal(
    crowds.each(numbers(1000), () => served.push('third')),
    undefined,
  );
});

t.test('what goes wrong is told, and holds up nobody else', async (t) => {
  const crowds = new Crowds(1000);
  const broken = crowds.each(numbers(2000), () => {
    throw new Error('broken');
  });
  const served: number[] = [];
  const other = crowds.each(numbers(2000), (some) => served.push(...some));
  await t.rejects(Promise.resolve(broken), { message: 'broken' });
  await other;
  t.equal(served.length, 2000);
});
