import t from 'tap';
import { validity } from './tls.js';

const NOW = Date.parse('2026-06-15T12:00:00Z');

t.test('a certificate before, in and after its time', async (t) => {
  const of = (from: string, to: string) => validity('c.pem', from, to, NOW);
  t.match(of('Jun  1 00:00:00 2026 GMT', 'Aug  1 00:00:00 2026 GMT'), {
    state: 'fine',
    text: /46 more days/,
  });
  t.match(of('Jun  1 00:00:00 2026 GMT', 'Jun 16 00:00:00 2026 GMT'), {
    text: /valid for less than a day, until Jun 16/,
  });
  t.match(of('Jun  1 00:00:00 2026 GMT', 'Jun 20 00:00:00 2026 GMT'), { state: 'warning', remedy: /renew/ });
  t.match(of('Jun  1 00:00:00 2026 GMT', 'Jun 10 00:00:00 2026 GMT'), {
    state: 'broken',
    text: /was valid until/,
  });
  t.match(of('Jul  1 00:00:00 2026 GMT', 'Aug 10 00:00:00 2026 GMT'), {
    state: 'broken',
    text: /not valid before/,
  });
});
