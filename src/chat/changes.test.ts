import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { StoreUnavailable } from '../store/store.js';
import { Changes } from './changes.js';

const never = (error: unknown) => {
  throw error;
};

/** A change that finds the database away a number of times. */
function change(away: number, made: () => void): () => Promise<void> {
  let left = away;
  return async () => {
    if (left-- > 0) throw new StoreUnavailable('it is away');
    made();
  };
}

t.test('what the database does not take is owed, and made once it does', async () => {
  const users = fc.array(fc.nat({ max: 3 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(users, async (users) => {
      const changes = new Changes(0, never);
      const made: number[] = [];
      await Promise.all(
        users.map((away, userid) =>
          changes.make(
            userid,
            change(away, () => made.push(userid)),
          ),
        ),
      );
      while (made.length < users.length) await delay(0);
      assert.equal(await changes.close(), 0);
      assert.deepEqual(
        made.sort((a, b) => a - b),
        [...users.keys()],
        'each once',
      );
    }),
    { numRuns: 30 },
  );
});

t.test('of several owed changes of one user the last one is made', async (t) => {
  const changes = new Changes(1, never);
  const made: string[] = [];
  let isAway = true;
  for (const name of ['first', 'second']) {
    await changes.make(1, async () => {
      if (isAway) throw new StoreUnavailable('it is away');
      made.push(name);
    });
  }
  isAway = false;
  t.equal(await changes.close(), 0);
  t.same(made, ['second']);
});

t.test('what was owed is made in its late form', async (t) => {
  const changes = new Changes(1, never);
  let isLate = false;
  await changes.make(
    1,
    change(9, () => t.fail('too late for this')),
    change(0, () => (isLate = true)),
  );
  await changes.close();
  t.ok(isLate);
});

t.test('a change that is stuck holds up no other', async (t) => {
  const changes = new Changes(1, never);
  let release = () => {};
  const stuck = new Promise<void>((resolve) => (release = resolve));
  const made: number[] = [];
  await changes.make(0, change(1, never as never), () => stuck);
  for (let userid = 1; userid <= 40; userid++)
    await changes.make(
      userid,
      change(1, () => made.push(userid)),
    );
  while (made.length < 40) await delay(1);
  release();
  t.equal(await changes.close(), 0);
});

t.test('what fails for another reason is dropped, and told', async (t) => {
  const told: unknown[] = [];
  const changes = new Changes(1, (error) => told.push(error));
  const wrong = new Error('wrong');
  await changes.make(1, () => Promise.reject(wrong));
  t.same(told, [wrong]);
  t.equal(await changes.close(), 0);
});

t.test('closing tells how many could not be made', async (t) => {
  const changes = new Changes(1, never);
  for (const userid of [1, 2]) await changes.make(userid, change(Number.POSITIVE_INFINITY, never as never));
  t.equal(await changes.close(), 2);
});
