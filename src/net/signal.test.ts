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

t.test('a wait that is over leaves nothing behind', async (t) => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const signal = new Signal();
  const used = async (waits: number) => {
    for (let n = 0; n < waits; n++) await signal.or(Promise.resolve());
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = await used(1000);
  const grown = (await used(50_000)) - before;
  // With a race against `next` each wait keeps 312 bytes: 15.6 MB.
  t.ok(grown < 5_000_000, `${grown} bytes`);
});
