import t from 'tap';
import { fingerprint } from './fingerprint.js';

const KNOWN = 5_235_402_720_451_110;

t.test('it is a safe integer and the same on every node', async (t) => {
  t.equal(fingerprint(1, Buffer.from('{"msg":"hi"}')), KNOWN);
  const part = Buffer.from('....{"msg":"hi"}....').subarray(4, 16);
  t.equal(fingerprint(1, part), KNOWN, 'wherever the bytes lie');
});

t.test('it tells users, lengths, zeros and every single bit apart', async (t) => {
  const keys = new Set<number>();
  let count = 0;
  const add = (userid: number, message: Buffer) => {
    const key = fingerprint(userid, message);
    if (!Number.isSafeInteger(key) || key < 0) t.fail(`${key}`);
    keys.add(key);
    count++;
  };
  for (let length = 0; length < 200; length++) add(1, Buffer.alloc(length));
  for (const userid of [0, -1, 2 ** 31 - 1, -(2 ** 31)]) add(userid, Buffer.from('{}'));
  const message = Buffer.from('{"id":1,"msg":"hello","msgid":6,"name":"somebody","toid":2}');
  for (let bit = 0; bit < 8 * message.length; bit++) {
    const other = Buffer.from(message);
    other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    add(1, other);
  }
  for (let n = 0; n < 200_000; n++) add(n & 3, Buffer.from(`m ${n}`));
  t.equal(keys.size, count);
});

t.test('both halves of it are spread: as many meet by chance as should', async (t) => {
  const count = 200_000;
  const [high, low] = [new Set<number>(), new Set<number>()];
  for (let n = 0; n < count; n++) {
    const key = fingerprint(2, Buffer.from(`m ${n}`));
    low.add(key % 2 ** 32);
    high.add(Math.floor(key / 2 ** 21));
  }
  // Five are to be expected.
  t.ok(count - low.size < 20);
  t.ok(count - high.size < 20);
});
