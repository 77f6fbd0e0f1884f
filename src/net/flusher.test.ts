import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { type Flushable, flushLater } from './flusher.js';

t.test('very many are flushed in several turns of the event loop, in order, each once', async (t) => {
  const flushed: number[] = [];
  for (let n = 0; n < 2500; n++) flushLater({ flush: () => flushed.push(n) });
  const turns: number[] = [];
  for (let n = 0; n < 3; n++) {
    await turn();
    turns.push(flushed.length);
  }
  t.same(turns, [1000, 2000, 2500]);
  t.same(flushed, [...flushed.keys()]);
});

t.test('what a flush adds is flushed in the same turn, as long as there are few', async (t) => {
  let flushed = 0;
  const target: Flushable = {
    flush() {
      if (++flushed % 3 !== 0) flushLater(target);
    },
  };
  flushLater(target);
  await turn();
  t.equal(flushed, 3);
  flushLater(target);
  await turn();
  t.equal(flushed, 6);
});
