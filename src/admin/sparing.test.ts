import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { sparing } from './sparing.js';

t.test('who asks at once gets one answer, begun after they asked', async (t) => {
  let made = 0;
  const ask = sparing(async () => ++made);
  t.same(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  t.equal(await ask(), 2);
});

t.test('who asks while an answer is made gets the next one, however many they are', async (t) => {
  const begun: (() => void)[] = [];
  const ask = sparing(() => new Promise<number>((resolve) => begun.push(() => resolve(begun.length))));
  const first = ask();
  await pause(0);
  t.equal(begun.length, 1);
  const others = [ask(), ask()];
  begun[0]?.();
  t.equal(await first, 1);
  while (begun.length < 2) await pause(1);
  begun[1]?.();
  t.same(await Promise.all(others), [2, 2]);
});

t.test('most of the time nothing is made', async (t) => {
  const times: number[] = [];
  const ask = sparing(async () => {
    times.push(performance.now());
    await pause(10);
  });
  await ask();
  await ask();
  t.ok((times[1] ?? 0) - (times[0] ?? 0) >= 90);
});

t.test('a failure is told to who asked, and forgotten', async (t) => {
  let fails = true;
  const ask = sparing(async () => {
    if (fails) throw new Error('no answer');
    return 'fine';
  });
  await t.rejects(ask(), { message: 'no answer' });
  fails = false;
  t.equal(await ask(), 'fine');
});
