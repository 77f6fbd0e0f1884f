import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Turns, type Worker } from './turns.js';

/** Holds the event loop for `ms`. */
function hold(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Has a number of items to handle, which take a millisecond each. */
class Busy implements Worker {
  left: number;
  readonly slices: number[] = [];
  private readonly turns: Turns;

  constructor(turns: Turns, left: number) {
    this.turns = turns;
    this.left = left;
  }

  work(): void {
    let done = 0;
    while (this.left > 0) {
      hold(1);
      done++;
      this.left--;
      if (this.left === 0 || !this.turns.isOver()) continue;
      this.turns.putOff(this);
      break;
    }
    this.slices.push(done);
  }
}

t.test('a short read is handled at once, whatever others do', async (t) => {
  const turns = new Turns();
  const one = new Busy(turns, 1000);
  t.ok(turns.begin(100));
  one.work();
  for (let n = 0; n < 20; n++) {
    if (turns.begin(60_000)) one.work();
  }
  t.notOk(turns.begin(60_000), 'a long one is put off when the turn is over');
  t.ok(turns.begin(100));
});

t.test('thousands of short reads in one turn are put off when they have taken its time', async (t) => {
  const turns = new Turns();
  let handled = 0;
  const read = () => {
    if (turns.begin(100)) handled++;
    hold(0.1);
  };
  for (let n = 0; n < 1000; n++) read();
  t.ok(handled >= 64, 'a few are handled without looking at the clock');
  t.ok(handled < 1000, `${handled} of 1000 reads of 0.1 ms each`);
  await turn();
  t.ok(turns.begin(100), 'the next turn is a new one');
});

t.test('who has much to do gives way to others after a slice, and all get their turn', async (t) => {
  const turns = new Turns();
  const all = Array.from({ length: 12 }, () => new Busy(turns, 10));
  for (const one of all) turns.putOff(one);
  let loops = 0;
  while (all.some(({ left }) => left > 0)) {
    await turn();
    loops++;
  }
  for (const { slices } of all) {
    t.ok(Math.max(...slices) <= 3, `slices ${slices}`);
    t.equal(
      slices.reduce((sum, one) => sum + one),
      10,
    );
  }
  t.ok(loops >= 10, `the event loop went round ${loops} times meanwhile`);
});
