import { crc32 as ofNode } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { crc32 } from './crc32.js';

t.test("it is everybody's CRC-32", async (t) => {
  t.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
  t.equal(crc32(Buffer.alloc(0)), 0);
  // Not every Node 20 has it.
  if (typeof ofNode !== 'function') return;
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32(bytes) === ofNode(bytes)));
  t.pass();
});
