import t from 'tap';
import { whileItGoesOn } from './shutdown.js';

const never = new Promise<void>(() => {});

/** Something of which one is left less each time that somebody looks, down to a number. */
function falling(from: number, to: number) {
  let left = from + 1;
  return () => {
    left = Math.max(to, left - 1);
    return { messages: left, users: 1 };
  };
}

t.test('what goes on is waited for, however long; what stands still is given up', async (t) => {
  const rest = falling(6, 0);
  t.equal(await whileItGoesOn(never, rest, { patience: 300, most: 60_000, tell: () => {} }), false);
  t.same(rest(), { messages: 0, users: 1 }, 'only when nothing goes on any more');
});

t.test('not longer than the longest time', async (t) => {
  const rest = falling(1_000_000, 0);
  t.equal(await whileItGoesOn(never, rest, { patience: 60_000, most: 300, tell: () => {} }), false);
});

t.test(
  'it ends as soon as the work is done, or fails as it does, and tells what is left meanwhile',
  async (t) => {
    const patience = { patience: 60_000, most: 60_000 };
    const told: unknown[] = [];
    let finish = () => {};
    const work = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const tell = (left: unknown) => {
      told.push(left);
      finish();
    };
    t.equal(await whileItGoesOn(work, () => ({ users: 7 }), { ...patience, tell }), true);
    t.same(told, [{ users: 7 }]);
    const failing = whileItGoesOn(Promise.reject(new Error('no')), () => ({}), { ...patience, tell });
    await t.rejects(failing, /no/);
  },
);
