import t from 'tap';
import { Cutter } from './cutter.js';

const documents = [{ msgid: 1, text: '}"{' }, { a: { b: '\\' } }, { msg: '你好' }];

/** The same bytes however reads cut them. */
function cut(bytes: Buffer, size: number): Cutter & { readonly found: unknown[] } {
  const cutter = new Cutter();
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...cutter.push(bytes.subarray(at, at + size)));
  return Object.assign(cutter, { found });
}

function framed(before: (size: number) => string | Buffer, after: string): Buffer {
  const parts = documents.flatMap((document) => {
    const text = JSON.stringify(document);
    return [Buffer.from(before(Buffer.byteLength(text))), Buffer.from(text), Buffer.from(after)];
  });
  return Buffer.concat(parts);
}

function length(size: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(size);
  return bytes;
}

t.test('documents are found, and what stands around them', async (t) => {
  const cases = {
    none: framed(() => '', ''),
    nul: framed(() => '', '\0'),
    lf: framed(() => '', '\n'),
    length: framed(length, ''),
  };
  for (const [framing, bytes] of Object.entries(cases)) {
    for (const size of [1, 3, 7, bytes.length]) {
      const cutter = cut(bytes, size);
      t.same(cutter.found, documents, `${framing}, ${size} bytes at once`);
      t.equal(cutter.framing, framing);
    }
  }
});
