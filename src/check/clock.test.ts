import t from 'tap';
import { clock } from './clock.js';

t.test('clocks that are apart are told of', async (t) => {
  t.equal(clock(1000, 1001.5).state, 'fine');
  t.match(clock(1000, 1090), { state: 'warning', text: /^90 s apart/ });
  t.match(clock(1090, 1000), { state: 'warning', text: /^90 s apart/ });
});
