import t from 'tap';
import { Gathered, portionsOf } from './portions.js';
import type { Outcome } from './thread-words.js';

const gathered = (outcomes: readonly Outcome[]) => {
  const all = new Gathered();
  const sizes: number[] = [];
  for (const { portion } of portionsOf(outcomes)) {
    sizes.push(portion.flatMap(([, outcome]) => ('value' in outcome ? outcome.value : [])).length);
    all.add(structuredClone(portion));
  }
  return { outcomes: all.outcomes, sizes };
};

t.test('outcomes come as they were, a few rows at a time', async (t) => {
  const list = Array.from({ length: 2500 }, (_, id) => ({ id }));
  const outcomes: Outcome[] = [
    { value: list },
    { value: [] },
    { value: 7 },
    { unavailable: 'away' },
    { value: list.slice(0, 900) },
    { bug: 'none' },
    { value: list },
    { value: undefined },
  ];
  const { outcomes: whole, sizes } = gathered(outcomes);
  t.same(whole, outcomes);
  t.ok(sizes.length > 5);
  for (const size of sizes) t.ok(size <= 1024, `${size} rows`);
});

t.test('long texts are rows of their own weight; one that is too long goes alone', async (t) => {
  const texts = ['x'.repeat(400_000), 'y', ...Array.from({ length: 40 }, () => 'z'.repeat(60_000))];
  const { outcomes, sizes } = gathered([{ value: texts }]);
  t.same(outcomes, [{ value: texts }]);
  t.equal(sizes[0], 1);
  for (const size of sizes.slice(1)) t.ok(size <= 6, `${size} texts`);
});

t.test('of nothing there is one portion, the last one', async (t) => {
  t.same([...portionsOf([])], [{ portion: [], isLast: true }]);
});
