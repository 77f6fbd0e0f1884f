import t from 'tap';
import { Pacer } from './pacer.js';

interface Written {
  /** When, in ms since the messages were queued. */
  readonly at: number;
  readonly count: number;
}

/** The writes of `count` messages that are queued at once, on a machine with late timers. */
function burst(pace: number, count: number, late: number): Written[] {
  let now = 1000;
  const pacer = new Pacer(pace, () => now);
  for (let n = 0; n < count; n++) pacer.queued();
  const written: Written[] = [];
  for (let waiting = count; waiting > 0; ) {
    const rest = pacer.rest(waiting);
    if (rest > 0) now += rest + late;
    const share = Math.min(waiting, pacer.share);
    waiting -= share;
    pacer.wrote(waiting);
    written.push({ at: now - 1000, count: share });
  }
  return written;
}

t.test('no message waits over a second, of however many', async (t) => {
  for (const pace of [1, 5, 25, 1000])
    for (const count of [2, 20, 100, 500, 901, 1000, 5000, 50_000]) {
      const last = burst(pace, count, 0).at(-1);
      t.ok(last !== undefined && last.at <= 1000, `${count} at ${pace} ms: ${last?.at} ms`);
    }
});

t.test('where messages share writes, a late timer is made up for', async (t) => {
  for (const late of [2, 10, 50]) {
    const last = burst(1000, 5000, late).at(-1);
    t.ok(last !== undefined && last.at <= 1000 + late, `${late} ms late: ${last?.at} ms`);
  }
});

t.test('where each message has a write, a late timer makes no two of them share one', async (t) => {
  for (const late of [0, 2, 10]) {
    const written = burst(5, 100, late);
    t.ok(written.every(({ count }) => count === 1));
    const gaps = written.slice(1).map(({ at }, n) => at - (written[n]?.at ?? 0));
    t.ok(Math.min(...gaps) >= 4 + late, `${late} ms late`);
  }
});

t.test('a single message waits for nothing, the next one for the gap', async (t) => {
  let now = 0;
  const pacer = new Pacer(300, () => now);
  for (let n = 0; n < 3; n++) {
    pacer.queued();
    t.equal(pacer.rest(1), 0);
    pacer.wrote(0);
    now += 100;
    pacer.queued();
    t.equal(pacer.rest(1), 200);
    now += 200;
  }
});
