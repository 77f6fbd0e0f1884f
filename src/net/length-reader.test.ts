import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { LengthReader } from './length-reader.js';

const pieces = fc.array(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 8 },
);
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });

for (const order of ['lowest first', 'highest first'] as const)
  t.test(`however a stream is cut, the same pieces come out, lengths ${order}`, async () => {
    fc.assert(
      fc.property(pieces, cuts, (pieces, cuts) => {
        const stream = Buffer.concat(
          pieces.flatMap((piece) => {
            const length = Buffer.alloc(4);
            if (order === 'lowest first') length.writeUInt32LE(piece.length);
            else length.writeUInt32BE(piece.length);
            return [length, piece];
          }),
        );
        const reader = new LengthReader(order);
        const taken: Buffer[] = [];
        for (let at = 0, n = 0; at < stream.length; n++) {
          const cut = cuts[n % cuts.length] ?? 1;
          reader.push(stream.subarray(at, at + cut));
          at += cut;
          for (let piece = reader.take(); piece !== undefined; piece = reader.take()) taken.push(piece);
        }
        assert.deepEqual(taken.map(String), pieces.map(String));
        assert.equal(reader.held, 0);
        assert.equal(reader.cost, 0);
      }),
    );
  });
