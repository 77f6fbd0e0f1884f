import fc from 'fast-check';
import t from 'tap';
import { loadDialect } from '../dialect/load.js';
import { said } from '../protocol/said.js';
import { whyNotSaid } from './orders.js';

/** The original client reads at most this much at once, in bytes. */
const READ = 1023;

t.test('what may be said to everybody fits into one read of the original client', async (t) => {
  const dialect = loadDialect('original');
  const fits = (text: string) =>
    whyNotSaid(text) !== undefined || said(dialect, 2_147_483_647, text).length < READ;
  const escaped = fc.string({ unit: fc.constantFrom('"', '\\', '\u0001', '陆', 'x'), maxLength: 500 });
  fc.assert(fc.property(escaped, fits), { numRuns: 500 });
  for (const text of ['x'.repeat(500), '陆'.repeat(166), '"'.repeat(424)]) {
    t.equal(whyNotSaid(text), undefined);
    t.ok(fits(text));
  }
  t.match(whyNotSaid('"'.repeat(500)), /escaped/);
  t.match(whyNotSaid('x'.repeat(501)), /more than 500 bytes/);
});
