import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Contested } from './contested.js';

/** Two nodes that both have user 1; b hears a after so many ms, a hears b at once. */
function two(pause = 100, latency = () => 0) {
  const here = { a: true, b: true };
  const said = { a: 0, b: 0 };
  const a = new Contested(
    {
      isHere: () => here.a,
      say: () => {
        said.a++;
        if (here.b) setTimeout(() => b.named([1], false), latency());
      },
      letGo: () => {
        here.a = false;
      },
    },
    pause,
  );
  const b: Contested = new Contested(
    {
      isHere: () => here.b,
      say: () => {
        said.b++;
        if (here.a) setImmediate(() => a.named([1], true));
      },
      letGo: () => {
        here.b = false;
      },
    },
    pause,
  );
  return { a, b, here, said };
}

t.test('two nodes that both have a user do not answer each other for ever: one lets it go', async (t) => {
  const { a, here, said } = two();
  a.named([1], true);
  while (here.b) await delay(10, undefined);
  t.equal(here.a, true);
  t.ok(said.a < 100 && said.b < 100, `said ${said.a} and ${said.b} times`);
});

t.test('nor where each word comes a little behind the moment in which it is awaited', async (t) => {
  let latency = 5;
  const slower = () => {
    latency = Math.min(latency + 6, 40);
    return latency;
  };
  const { a, here, said } = two(50, slower);
  a.named([1], true);
  while (here.b) await delay(10, undefined);
  t.equal(here.a, true);
  t.ok(said.b < 10, `said ${said.a} and ${said.b} times`);
});

t.test('one who tries to log in again and again, and is turned back, costs nobody its login', async (t) => {
  const said: (readonly number[])[] = [];
  const contested = new Contested(
    { isHere: () => true, say: (userids) => said.push(userids), letGo: () => t.fail('it is let go') },
    1,
  );
  for (let n = 0; n < 20; n++) {
    contested.named([1], false);
    contested.left([1]);
    await delay(3);
  }
  t.same(said[0], [1], 'said at once');
});
