import fc from 'fast-check';
import t from 'tap';
import { ScannerPool } from '../json/scanner-pool.js';
import { FRAMES } from './frames.js';
import { LengthFramer } from './length-framer.js';

const MAX = 200;
const A = '{"id":13,"msg":"一","msgid":6}';
const B = '{"id":14}';

/** The objects and faults that a framer makes of chunks. */
function frame(chunks: Iterable<Buffer>) {
  const faults: string[] = [];
  const objects: string[] = [];
  const framer = new LengthFramer(new ScannerPool(['id']), MAX, (fault) => faults.push(fault));
  for (const chunk of chunks) {
    framer.push(Buffer.from(chunk));
    for (let object = framer.next(); object !== undefined; object = framer.next())
      objects.push(`${object} ${framer.scan.ints}`);
  }
  framer.finish();
  return { objects, faults };
}

function framed(...texts: string[]): Buffer {
  return Buffer.concat(texts.flatMap((text) => [...(FRAMES.length?.(Buffer.from(text)) ?? [])]));
}

const streams: [name: string, stream: Buffer, objects: string[], faults: string[]][] = [
  ['documents', framed(A, B), [`${A} 13`, `${B} 14`], []],
  ['blanks and NULs in a frame', framed(` ${A}\n\0`, '', '\0'), [`${A} 13`], []],
  ['a bad document', framed('{', B), [`${B} 14`], ['syntax']],
  ['more than one object in a frame', framed(A + B, B), [`${B} 14`], ['syntax']],
  ['no object', framed('[1]', B), [`${B} 14`], ['not an object']],
  ['an object without a length', Buffer.from(B), [], ['too long']],
  ['more than may be', framed('x'.repeat(MAX + 1)), [], ['too long']],
  ['a document cut off', framed(A).subarray(0, 10), [], ['cut off']],
  ['a length cut off', framed(A).subarray(0, 3), [], ['cut off']],
];

for (const [name, stream, objects, faults] of streams)
  t.test(`${name}, however reads cut it`, async (t) => {
    t.same(frame([stream]), { objects, faults });
    t.same(frame([...stream].map((byte) => Buffer.from([byte]))), { objects, faults }, 'byte by byte');
    const pieces = fc.array(fc.nat(stream.length), { maxLength: 5 });
    fc.assert(
      fc.property(pieces, (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const chunks = places.slice(1).map((end, n) => stream.subarray(places[n], end));
        t.same(frame(chunks), { objects, faults });
      }),
      { numRuns: 20 },
    );
  });

t.test('what is written around a document', async (t) => {
  const written = (framing: keyof typeof FRAMES) => FRAMES[framing]?.(Buffer.from(B)).map(String).join('');
  t.equal(FRAMES.none, undefined);
  t.equal(written('nul'), `${B}\0`);
  t.equal(written('lf'), `${B}\n`);
  t.equal(written('length'), `\0\0\0\t${B}`);
});
