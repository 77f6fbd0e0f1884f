import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { Signal } from './signal.js';

t.test('who waits for work or for what happens goes on with the first of them', async (t) => {
  const signal = new Signal();
  await signal.or(Promise.resolve());
  const waiting = signal.or(new Promise(() => {}));
  signal.tell();
  await waiting;
  await t.rejects(signal.or(Promise.reject(new Error('failed'))), /failed/);
});

t.test('who waits for what happens only while something is so waits on when it is not', async (t) => {
  const signal = new Signal();
  const asked: boolean[] = [];
  let isSo = false;
  let isOver = false;
  const waiting = signal.or(new Promise(() => {}), () => asked.push(isSo) > 0 && isSo);
  void waiting.then(() => {
    isOver = true;
  });
  signal.tell();
  await turn();
  t.equal(isOver, false, 'it is not so');
  isSo = true;
  signal.tell();
  await waiting;
  signal.tell();
  t.same(asked, [false, true], 'nobody asks once the wait is over');
});

t.test(
  'who waits for several things goes on with the first, and leaves nothing behind at the others',
  async (t) => {
    const [often, seldom] = [new Signal(), new Signal()];
    const waits = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const waiting = Signal.first(seldom, often);
        often.tell();
        await waiting;
      }
    };
    await t.resolves(waits(1));
    const grown = await growth(waits);
    // With a race against `next` each wait keeps 312 bytes: 15.6 MB.
    t.ok(grown < 5_000_000, `${grown} bytes`);
  },
);

t.test('a wait that is over leaves nothing behind', async (t) => {
  const signal = new Signal();
  const grown = await growth(async (waits) => {
    for (let n = 0; n < waits; n++) await signal.or(Promise.resolve());
  });
  // With a race against `next` each wait keeps 312 bytes: 15.6 MB.
  t.ok(grown < 5_000_000, `${grown} bytes`);
});

/** By how many bytes the heap grows with 50,000 waits. */
async function growth(wait: (count: number) => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const used = async (waits: number) => {
    await wait(waits);
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = await used(1000);
  return (await used(50_000)) - before;
}
