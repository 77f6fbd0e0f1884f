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

/** Counts the bytes that a cutter reads of what it is given. */
function counted(bytes: Buffer, tell: () => void): Buffer {
  return new Proxy(bytes, {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) tell();
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

t.test('a long document byte by byte costs each byte once, and none is held twice', async (t) => {
  const cutter = new Cutter();
  const bytes = Buffer.from(`{"msg":"${'x'.repeat(200_000)}"}{"a":1}`);
  let [looks, taken] = [0, 0];
  const { allocUnsafe, concat } = Buffer;
  t.teardown(() => Object.assign(Buffer, { allocUnsafe, concat }));
  Object.assign(Buffer, {
    allocUnsafe: (size: number) => {
      taken += size;
      return allocUnsafe(size);
    },
    concat: (list: Buffer[]) => {
      taken += list.reduce((sum, { length }) => sum + length, 0);
      return concat(list.map((one) => Buffer.from(one)));
    },
  });
  // What grows to twice its size takes four times as much until it is done.
  const most = 4 * bytes.length;
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length && taken <= most; at++)
    found.push(...cutter.push(counted(bytes.subarray(at, at + 1), () => looks++)));
  t.equal(looks, bytes.length);
  t.ok(taken <= most, `${taken} bytes were taken for ${bytes.length}`);
  t.match(found, [{ msg: /^x+$/ }, { a: 1 }]);
});

t.test('a document without an end, and one that nests deeply, are passed over', async (t) => {
  const cutter = new Cutter();
  cutter.push(Buffer.from('{"a":"'));
  const part = Buffer.alloc(1 << 20, 'x');
  for (let n = 0; n < 16; n++) t.same(cutter.push(part), []);
  t.same(cutter.push(Buffer.from('{"b":1}')), [{ b: 1 }]);
  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  t.same(cutter.push(Buffer.from(`${nested(100_000)}{"c":1}`)), [{ c: 1 }]);
  t.equal(cutter.push(Buffer.from(nested(60))).length, 1);
  const wide = (members: number) =>
    Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: members }, (_, n) => [`k${n}`, n]))));
  t.same(
    [wide(256), wide(257)].map((bytes) => cutter.push(bytes).length),
    [1, 0],
    'no message has more',
  );
});
