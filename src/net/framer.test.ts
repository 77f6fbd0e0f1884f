import fc from 'fast-check';
import t from 'tap';
import { loadDialect } from '../dialect/load.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { Framer } from './framer.js';

const MAX = 200;

/** The objects and faults that a framer makes of chunks. */
function frame(chunks: Iterable<Buffer>) {
  const faults: string[] = [];
  const objects: string[] = [];
  const framer = new Framer(new ScannerPool(['id']), MAX, (fault) => faults.push(fault));
  for (const chunk of chunks) {
    framer.push(Buffer.from(chunk));
    for (let object = framer.next(); object !== undefined; object = framer.next()) {
      objects.push(object.toString());
    }
  }
  framer.finish();
  return { objects, faults };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const A = '{"id":13,"msg":"一","msgid":6}';
const B = '{"id":14}';

const streams: [name: string, stream: string, objects: string[], faults: string[]][] = [
  ['one document and its NUL', `${A}\0`, [A], []],
  ['no NUL at all', A, [A], []],
  ['documents back to back', `${A}${B}${A}`, [A, B, A], []],
  ['documents ended by NUL', `${A}\0${B}\0`, [A, B], []],
  ['documents ended by LF', `${A}\n${B}\r\n${A}`, [A, B, A], []],
  ['white space and NULs between documents', ` \t\0\0\r\n${A} \0 \n${B}`, [A, B], []],
  [
    'a length that looks like blanks',
    `\0\0\0 ${A}\0\0\0\n${B}\0${B}`,
    [B],
    ['not an object', 'not an object'],
  ],
  ['a byte order mark', `\ufeff${A}\0\ufeff ${B}`, [A, B], []],
  ['line feeds inside a document', '{\n"id"\n:\n13\n}\0', ['{\n"id"\n:\n13\n}'], []],
  ['garbage until NUL', `hello\0${A}`, [A], ['not an object']],
  ['garbage until LF', `hello\n${A}`, [A], ['not an object']],
  ['another protocol counts once', `GET / HTTP/1.1\r\nHost: x\r\n\r\n\0${A}`, [A], ['not an object']],
  ['half a byte order mark is garbage', `\xef${B}\0${B}`, [B], ['not an object']],
  ['an array is no object', `[${A}]\0${B}`, [B], ['not an object']],
  ['a missing brace, ended by NUL', `{"id":1\0${A}`, [A], ['syntax']],
  ['a missing brace, ended by LF', `{"id":1\n${A}`, [A], ['syntax']],
  ['a missing quote, ended by NUL', `{"id":"1}\0${A}`, [A], ['syntax']],
  ['a missing quote, ended by LF', `{"id":"1}\n${A}`, [A], ['syntax']],
  ['a missing value', `{"id":}\0${A}`, [A], ['syntax']],
  ['a missing brace without an end takes the next with it', `{"id":1${A}\0${B}`, [B], ['syntax']],
  ['a brace too many', `${A}}\0${B}`, [A, B], ['not an object']],
  ['a bad document over several lines counts once', `{\n"id":x,\n"msg":"m"\n}\0${A}`, [A], ['syntax']],
  ['cut off at the end', `${A}\0{"id":`, [A], ['cut off']],
  ['too long', `${A}{"id":"${'x'.repeat(MAX)}"}${B}`, [A], ['too long']],
  ['garbage too long', `${A}${'x'.repeat(MAX + 1)}\0${B}`, [A], ['not an object', 'too long']],
  ['as long as may be', `{"id":"${'x'.repeat(MAX - 9)}"}`, [`{"id":"${'x'.repeat(MAX - 9)}"}`], []],
];

for (const [name, text, objects, faults] of streams) {
  t.test(`DIFFERENCES 1 and 2: ${name}`, async (t) => {
    const encoding = text.startsWith('\xef{') ? 'latin1' : 'utf8';
    const stream = Buffer.from(text, encoding);
    const expected = { objects: objects.map((o) => Buffer.from(o, encoding).toString()), faults };
    t.same(frame([stream]), expected, 'whole');
    t.same(frame(split(stream, Array.from(stream.keys()))), expected, 'byte by byte');
    for (let cut = 1; cut < stream.length; cut++) {
      t.same(frame(split(stream, [cut])), expected, `cut at ${cut}`);
    }
  });
}

t.test('any cuts of any stream give the same objects and faults', async () => {
  const piece = fc.oneof(
    fc.constantFrom(...streams.map(([, stream]) => stream)),
    fc.constantFrom('\0', '\n', '{', '}', '"', '\\', '\ufeff', '\\u12', 'x'),
    fc.json({ maxDepth: 2 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(1000)), (pieces, cuts) => {
      const stream = Buffer.from(pieces.join(''));
      const inside = cuts.filter((cut) => cut < stream.length);
      const whole = JSON.stringify(frame([stream]));
      return whole === JSON.stringify(frame(split(stream, inside)));
    }),
    { numRuns: 2000 },
  );
});

t.test('objects stay as they are while more bytes come', async (t) => {
  const framer = new Framer(new ScannerPool([]), MAX, () => {});
  framer.push(Buffer.from('{"a":'));
  framer.push(Buffer.from('1}{"b":'));
  const first = framer.next();
  t.equal(framer.next(), undefined);
  framer.push(Buffer.from('2}'));
  t.equal(framer.next()?.toString(), '{"b":2}');
  t.equal(first?.toString(), '{"a":1}');
});

t.test('between two documents nothing is held, whatever reads they came in', async (t) => {
  const { fields, scanned } = loadDialect('original');
  const pool = new ScannerPool(scanned);
  const framer = new Framer(pool, MAX, () => {});
  const [first, ...others] = split(Buffer.from(`${A}\0`.repeat(3)), [10, 11, 50]);
  framer.push(Buffer.from(first ?? ''));
  t.equal(framer.cut(fields), undefined);
  const used = framer.scan;
  for (const chunk of others) framer.push(Buffer.from(chunk));
  for (let n = 0; n < 3; n++) t.equal(framer.cut(fields)?.int('msgid'), 6);
  t.equal(framer.cost, 0, 'no bytes');
  t.equal(pool.take(), used, 'no scanner');
});
