import fc from 'fast-check';
import t from 'tap';
import { crc32, crc32ByTable } from './crc32.js';

for (const sum of [crc32, crc32ByTable]) {
  t.test(`${sum.name} is everybody's CRC-32`, async (t) => {
    t.equal(sum(Buffer.from('123456789')), 0xcbf43926);
    t.equal(sum(Buffer.alloc(0)), 0);
  });
}

t.test('a Node without one of its own has the same', async (t) => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32ByTable(bytes) === crc32(bytes)));
  t.pass();
});
