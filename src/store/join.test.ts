import assert from 'node:assert/strict';
import { mock } from 'node:test';
import fc from 'fast-check';
import t from 'tap';
import { ALONE, type Joint, join } from './join.js';

/** A call under way, to be ended from outside. */
interface Call {
  readonly items: readonly number[];
  end(): void;
  fail(): void;
}

function scene(joint: Partial<Joint<number, string>> = {}) {
  const calls: Call[] = [];
  const call = <T>(items: readonly number[], answer: T) =>
    new Promise<T>((resolve, reject) => {
      calls.push({ items, end: () => resolve(answer), fail: () => reject(new Error('failed')) });
    });
  const ask = join<number, string>({
    lanes: 2,
    most: () => 10,
    together: (items) =>
      call(
        items,
        items.map((item) => (item < 0 ? ALONE : `${item}`)),
      ),
    alone: (item) => call([item], `${item} alone`),
    ...joint,
  });
  return { ask, calls, items: () => calls.map(({ items }) => items) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

t.test('what is asked in one turn goes together, alone nobody waits', async (t) => {
  // On a busy machine a few turns may take long: then the call under way counts as slow.
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const { ask, calls, items } = scene();
  const first = [ask(1), ask(2)];
  await turn();
  t.same(items(), [[1, 2]]);
  const more = [ask(3), ask(4)];
  await turn();
  t.equal(calls.length, 1, 'they wait for the call that is under way');
  const fifth = ask(5);
  calls[0]?.end();
  t.same(await Promise.all(first), ['1', '2']);
  await until(() => calls.length === 2);
  t.same(items().at(-1), [3, 4, 5]);
  calls[1]?.end();
  t.same(await Promise.all([...more, fifth]), ['3', '4', '5']);
});

t.test('a slow call keeps nobody waiting, and as many as go together wait for none', async (t) => {
  const { ask, calls, items } = scene({ most: () => 3 });
  const slow = ask(1);
  await turn();
  const second = ask(2);
  await until(() => calls.length === 2);
  t.same(items(), [[1], [2]], 'the other lane is used');
  const more = [ask(3), ask(4), ask(5), ask(6)];
  await turn();
  t.equal(calls.length, 2, 'both lanes are taken');
  calls[1]?.end();
  await second;
  await until(() => calls.length === 3);
  t.same(items().at(-1), [3, 4, 5], 'at once: there are enough');
  calls[2]?.end();
  await until(() => calls.length === 4);
  calls[3]?.end();
  calls[0]?.end();
  t.same(await Promise.all([slow, ...more]), ['1', '3', '4', '5', '6']);
});

t.test('one that is to go alone goes alone, and keeps no other waiting', async (t) => {
  const { ask, calls, items } = scene();
  const [one, two] = [ask(-1), ask(2)];
  await turn();
  calls[0]?.end();
  t.equal(await two, '2');
  await until(() => calls.length === 2);
  t.same(items().at(-1), [-1]);
  const three = ask(3);
  await until(() => calls.length === 3);
  t.same(items().at(-1), [3], 'while the one is under way');
  calls[2]?.end();
  t.equal(await three, '3');
  calls[1]?.end();
  t.equal(await one, '-1 alone');
});

t.test('a call that fails fails for those who were in it', async (t) => {
  const { ask, calls } = scene();
  const first = [ask(1), ask(2)];
  await turn();
  const third = ask(3);
  calls[0]?.fail();
  await Promise.all(first.map((one) => t.rejects(one, /failed/)));
  await until(() => calls.length === 2);
  calls[1]?.end();
  t.equal(await third, '3');
});

t.test('each gets its own answer, in the order of asking, whatever ends first', async () => {
  const check = async (rounds: number[][], lanes: number, most: number) => {
    const { ask, calls, items } = scene({ lanes, most: () => most });
    const answers: Promise<string>[] = [];
    let ended = 0;
    for (const round of rounds) {
      answers.push(...round.map(ask));
      await turn();
      assert.ok(calls.filter(({ items }) => (items[0] ?? 0) >= 0).length - ended <= lanes);
      const open = calls[ended];
      if (open !== undefined) {
        open.end();
        ended++;
      }
      await turn();
    }
    let isDone = false;
    void Promise.all(answers).then(() => {
      isDone = true;
    });
    for (; !isDone; await turn()) while (ended < calls.length) calls[ended++]?.end();
    const asked = rounds.flat();
    assert.deepEqual(
      await Promise.all(answers),
      asked.map((item) => `${item}`),
    );
    assert.deepEqual(items().flat(), asked);
    assert.ok(items().every(({ length }) => length <= most));
  };
  const rounds = fc.array(fc.array(fc.nat(1000), { maxLength: 8 }), { maxLength: 20 });
  const some = fc.integer({ min: 1, max: 4 });
  await fc.assert(fc.asyncProperty(rounds, some, some, check), { numRuns: 100 });
});
