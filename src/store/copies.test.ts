import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { type Looked, lookThrough } from './copies.js';

/** Reads of so many texts each. */
function reads(...counts: number[]) {
  return async (from = 0): Promise<Looked<number, number>> => {
    const next = from + 1 < counts.length ? from + 1 : undefined;
    return { found: Array.from({ length: counts[from] ?? 0 }, (_, i) => from * 10_000 + i), next };
  };
}

t.test('all that is meant is found, however little a read brings', async (t) => {
  const found = await lookThrough(reads(2, 0, 0, 3), (one) => one % 10_000 > 0);
  t.same(found, [1, 30_001, 30_002]);
});

t.test('more than 2,048 texts that only look like it are not looked through', async (t) => {
  t.equal(await lookThrough(reads(2000, 48, 1), () => false), undefined);
  t.same(await lookThrough(reads(2000, 48), () => false), []);
});

t.test('others have their turn while texts are looked through', async (t) => {
  let looked = 0;
  const seen = new Set<number>();
  const done = lookThrough(reads(20), () => {
    looked++;
    // A text that takes long to be read.
    const end = performance.now() + 6;
    while (performance.now() < end);
    return true;
  });
  while (looked < 20) {
    seen.add(looked);
    await turn();
  }
  t.equal((await done)?.length, 20);
  t.equal(seen.size, 20);
});

t.test('one after the other', async (t) => {
  const order: string[] = [];
  const look = (name: string) =>
    lookThrough(
      async (from = 0): Promise<Looked<string, number>> => {
        order.push(name);
        await turn();
        return { found: [], next: from < 2 ? from + 1 : undefined };
      },
      () => true,
    );
  await Promise.all([look('first'), look('second')]);
  t.same(order, ['first', 'first', 'first', 'second', 'second', 'second']);
});
