import t from 'tap';
import { StoreUnavailable } from '../store/store.js';
import { Expiry } from './expiry.js';

const DAY = 86_400_000;

t.test('what is too old goes in small steps, until there is no more', async (t) => {
  let left = 250;
  const asked: number[] = [];
  const begun = Date.now();
  const expiry = new Expiry(30, async (before, most) => {
    t.ok(before >= begun - 30 * DAY && before <= Date.now() - 30 * DAY);
    const count = Math.min(left, most);
    asked.push(count);
    left -= count;
    return count;
  });
  await Promise.all([expiry.look(), expiry.look()]);
  t.same(asked, [100, 100, 50], 'once at a time');
  await expiry.look();
  t.same(asked, [100, 100, 50, 0]);
  await expiry.close();
});

t.test(
  'a database that is away is asked again when it is looked the next time; a stop waits for no rest',
  async (t) => {
    let isAway = true;
    let count = 0;
    const expiry = new Expiry(1, async () => {
      count++;
      if (isAway) throw new StoreUnavailable('away');
      return 100;
    });
    await expiry.look();
    t.equal(count, 1);
    isAway = false;
    const looking = expiry.look();
    await expiry.close();
    await looking;
    t.equal(count, 2, 'the slice that was under way is the last one');
  },
);
