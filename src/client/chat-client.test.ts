import t from 'tap';
import { timestamp } from './chat-client.js';

t.test('times are local, with leading zeros', async (t) => {
  t.equal(timestamp(new Date(2026, 0, 2, 3, 4, 5)), '2026-01-02 03:04:05');
});
