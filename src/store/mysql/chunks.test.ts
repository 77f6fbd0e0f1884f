import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { chunks } from './chunks.js';

const MOST = 512 * 1024;

t.test('parts are as large as a statement allows, and together the list', async (t) => {
  const check = (sizes: number[]): void => {
    const parts = chunks(sizes, MOST, (size) => size);
    assert.deepEqual(parts.flat(), sizes);
    for (const part of parts) {
      const bytes = part.reduce((sum, size) => sum + size, 0);
      assert.ok(part.length > 0 && part.length <= 1000 && (bytes <= MOST || part.length === 1));
    }
  };
  fc.assert(fc.property(fc.array(fc.nat(600_000)), check));
  fc.assert(fc.property(fc.array(fc.nat(10), { minLength: 990, maxLength: 2100 }), check), { numRuns: 20 });
  const lengths = (count: number, size: number) =>
    chunks(
      Array.from({ length: count }, () => size),
      MOST,
      (size) => size,
    ).map((part) => part.length);
  t.strictSame(lengths(0, 1), []);
  t.strictSame(lengths(2001, 1), [1000, 1000, 1]);
  t.strictSame(lengths(5, 255 * 1024), [2, 2, 1]);
  t.strictSame(lengths(2, 600_000), [1, 1]);
});
