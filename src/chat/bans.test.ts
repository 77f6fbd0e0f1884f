import t from 'tap';
import { Bans } from './bans.js';

t.test('an account is banned until its time is up, and then forgotten', async (t) => {
  let now = 0;
  const bans = new Bans(() => now);
  t.notOk(bans.has(1));
  bans.add(1, 1000);
  bans.add(2, 5000);
  now = 999;
  t.ok(bans.has(1));
  now = 1000;
  t.notOk(bans.has(1));
  t.ok(bans.has(2));
  bans.add(2, 10);
  now = 1010;
  t.notOk(bans.has(2), 'the last word counts');
});

t.test('those whose time is up take no memory, also when nobody asks for them', async (t) => {
  let now = 0;
  const bans = new Bans(() => now);
  for (let id = 1; id <= 1000; id++) {
    now = id * 10;
    bans.add(id, 100);
  }
  t.equal(bans.size, 10);
});
