import t from 'tap';
import { type Second, thinned } from './seconds.js';

const second = (at: number, rate: number, p99: number): Second => ({
  ...{ at, rate, p50: 1, p90: 2, p99, p999: p99 },
});

t.test('a short run stays as it is', async (t) => {
  const seconds = [second(1, 10, 3), second(2, 20, 4)];
  t.same(thinned(seconds, 2), seconds);
  t.same(thinned([], 2), []);
});

t.test('a long run is told by pieces: the mean rate, and the worst that anybody waited', async (t) => {
  const seconds = [second(1, 10, 3), second(2, 20, 40), second(3, 30, 4), second(4, 40, 5), second(5, 1, 6)];
  t.same(thinned(seconds, 3), [second(2, 15, 40), second(4, 35, 5), second(5, 1, 6)]);
});
