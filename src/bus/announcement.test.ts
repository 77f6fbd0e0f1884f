import fc from 'fast-check';
import t from 'tap';
import { decode, encode, speaker } from './announcement.js';

const userids = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 5 });
const announcements = fc.record({
  node: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  hello: fc.boolean(),
  taken: fc.array(fc.maxSafeNat(), { maxLength: 5 }),
  came: userids,
  left: userids,
});

t.test('what is encoded is decoded', async (t) => {
  fc.assert(
    fc.property(announcements, (announcement) => {
      const bytes = encode(announcement);
      t.same(decode(bytes), announcement);
      t.equal(speaker(bytes), announcement.node);
    }),
  );
});

t.test('bytes of another version, and parts of an announcement, are none', async (t) => {
  const whole = encode({ node: '0123456789abcdef', hello: true, taken: [1, 2], came: [3], left: [] });
  for (let end = 0; end < whole.length; end++) t.equal(decode(whole.subarray(0, end)), undefined);
  t.equal(decode(Buffer.concat([whole, Buffer.alloc(3)])), undefined);
  whole[0] = 2;
  t.equal(decode(whole), undefined);
});
