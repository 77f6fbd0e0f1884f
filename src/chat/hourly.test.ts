import t from 'tap';
import { Hourly } from './holdings.js';

t.test('so many in an hour for each account, and again in the next', async (t) => {
  let now = 5;
  const hourly = new Hourly(2, () => now);
  const make = (userid: number) => {
    hourly.check(userid);
    hourly.made(userid);
  };
  make(1);
  now += 3_599_999;
  make(1);
  t.throws(() => make(1), { message: 'too many groups in an hour' });
  make(2);
  now += 1;
  make(1);
  make(1);
  t.throws(() => make(1), { message: 'too many groups in an hour' });
});

t.test('0 is no limit', async () => {
  const hourly = new Hourly(0);
  for (let n = 0; n < 1000; n++) {
    hourly.check(1);
    hourly.made(1);
  }
});
