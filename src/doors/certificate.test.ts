import t from 'tap';
import { concern } from './certificate.js';

const DAY = 86_400_000;
const now = Date.parse('2026-03-01T03:00:00Z');
const about = (from: number, until: number) =>
  concern({ from: now + from * DAY, until: now + until * DAY }, now);

t.test('what somebody should know of a certificate, and when', async (t) => {
  t.equal(about(-1, 14), undefined);
  t.match(about(-1, 13.9), {
    refused: false,
    text: /^the certificate expires in 13 days, on 2026-03-15 00:36 UTC: /,
  });
  t.match(about(-1, 1.5), { refused: false, text: 'expires within 2 days' });
  t.match(about(-1, 0.5), { refused: false, text: 'expires today' });
  t.match(about(-1, 0), { refused: true, text: 'has expired on 2026-03-01 03:00 UTC' });
  t.match(about(0.1, 300), { refused: true, text: 'valid only from 2026-03-01 05:24 UTC on' });
});
