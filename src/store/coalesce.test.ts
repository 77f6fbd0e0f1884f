import t from 'tap';
import { coalesce } from './coalesce.js';

/** A question whose calls are answered by hand. */
function questions() {
  const calls: { key: string; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = coalesce(
    (...args: number[]) =>
      new Promise<string>((answer, fail) => {
        calls.push({ key: args.join(), answer, fail });
      }),
  );
  return { calls, ask };
}

t.test('all who ask while a call runs share one that begins after it', async (t) => {
  const { calls, ask } = questions();
  const first = ask(1);
  const [second, third] = [ask(1), ask(1)];
  t.equal(calls.length, 1);
  calls[0]?.answer('old');
  t.equal(await first, 'old');
  t.equal(calls.length, 2);
  const fourth = ask(1);
  t.equal(calls.length, 2, 'who comes now waits for the next one');
  calls[1]?.answer('new');
  t.strictSame(await Promise.all([second, third]), ['new', 'new']);
  t.equal(calls.length, 3);
  calls[2]?.answer('newest');
  t.equal(await fourth, 'newest');
});

t.test('other arguments do not wait, and a question asked later is asked anew', async (t) => {
  const { calls, ask } = questions();
  const one = ask(1, 2);
  const other = ask(12);
  t.strictSame(
    calls.map(({ key }) => key),
    ['1,2', '12'],
  );
  for (const { answer } of calls) answer('a');
  await Promise.all([one, other]);
  void ask(1, 2);
  t.equal(calls.length, 3);
});

t.test(
  'a failure reaches those who waited for that answer, and the next is asked all the same',
  async (t) => {
    const { calls, ask } = questions();
    const first = ask(1);
    const second = ask(1);
    calls[0]?.fail(new Error('no'));
    await t.rejects(first, /no/);
    calls[1]?.answer('yes');
    t.equal(await second, 'yes');
  },
);

t.test('asking again as soon as an answer is there does not overtake those who wait', async (t) => {
  const { calls, ask } = questions();
  const again = ask(1).then(() => ask(1));
  const waiting = ask(1);
  calls[0]?.answer('first');
  await new Promise(setImmediate);
  t.equal(calls.length, 2, 'one at a time');
  calls[1]?.answer('second');
  t.equal(await waiting, 'second');
  t.equal(await again, 'second', 'which began after both had asked');
});
