import t from 'tap';
import { Bans } from './bans.js';

t.test('an account is banned until its time is up, and then forgotten', async (t) => {
  let now = 0;
  const bans = new Bans(() => now);
  t.notOk(bans.has(1));
  bans.add({ userid: 1, seconds: 1 });
  bans.add({ userid: 2, seconds: 5 });
  now = 999;
  t.ok(bans.has(1));
  now = 1000;
  t.notOk(bans.has(1));
  t.ok(bans.has(2));
  bans.add({ userid: 2, seconds: 0.01 });
  now = 1010;
  t.notOk(bans.has(2), 'the last word counts');
});

t.test('what is said to still hold shortens nothing', async (t) => {
  const bans = new Bans(() => 0);
  bans.add({ userid: 1, seconds: 60 });
  bans.add({ userid: 1, seconds: 5 }, true);
  bans.add({ userid: 2, seconds: 5 });
  bans.add({ userid: 2, seconds: 60 }, true);
  bans.add({ userid: 3, seconds: 7 }, true);
  t.same(bans.all(), [
    { userid: 1, seconds: 60 },
    { userid: 2, seconds: 60 },
    { userid: 3, seconds: 7 },
  ]);
});

t.test('those whose time is up take no memory, also when nobody asks for them', async (t) => {
  let now = 0;
  const bans = new Bans(() => now);
  for (let id = 1; id <= 1000; id++) {
    now = id * 10;
    bans.add({ userid: id, seconds: 0.1 });
  }
  t.equal(bans.size, 10);
});

t.test('of very many only those whose time is not up stay, and each is looked at a few times', async (t) => {
  let [now, looks] = [0, 0];
  const bans = new Bans(() => {
    looks++;
    return now;
  });
  const MANY = 20_000;
  for (let id = 1; id <= MANY; id++) bans.add({ userid: id, seconds: 1 });
  t.equal(bans.size, MANY);
  now = 1000;
  for (let id = 1; id <= MANY; id++) bans.add({ userid: MANY + id, seconds: 1 });
  t.equal(bans.size, MANY);
  t.ok(looks < 10 * MANY, `${looks} looks`);
});
