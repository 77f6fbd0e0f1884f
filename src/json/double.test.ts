import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { formatDouble } from './double.js';

t.test('plain from 10^-4 to below 10^15, else with an exponent of two digits or three', async (t) => {
  const written: [number, string][] = [
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-100000, '-100000.0'],
    [123.456, '123.456'],
    [0.5, '0.5'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1e-05'],
    [-0.000012345, '-1.2345e-05'],
    [999999999999999, '999999999999999.0'],
    [1e14, '100000000000000.0'],
    [1e15, '1e+15'],
    [1234567890123456, '1.234567890123456e+15'],
    [1e100, '1e+100'],
    [5e-324, '5e-324'],
    [2 ** -1022, '2.2250738585072014e-308'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
  ];
  for (const [x, wanted] of written) t.equal(formatDouble(x), wanted);
});

t.test('what is not finite is null', async (t) => {
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    t.equal(formatDouble(x), 'null');
});

/** A double with any bits but those of NaN and infinity. */
const anyDouble = fc
  .bigInt(0n, 2n ** 64n - 1n)
  .map((bits) => new DataView(new BigUint64Array([bits]).buffer).getFloat64(0, true))
  .filter(Number.isFinite);

t.test('reads back as the same double, and is seen to be one', async () => {
  const check = (x: number): void => {
    const text = formatDouble(x);
    assert.ok(Object.is(Number(text), x), text);
    assert.match(text, /^-?(\d+\.\d+|\d(\.\d+)?e[+-]\d{2,3})$/);
  };
  fc.assert(fc.property(anyDouble, check), { numRuns: 5000 });
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), check), { numRuns: 2000 });
  for (let exponent = -1074; exponent < 1024; exponent++) check(2 ** exponent);
  for (let exponent = -323; exponent < 309; exponent++) check(Number(`1e${exponent}`));
});
