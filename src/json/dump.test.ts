import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { dump, dumpAscii, quote } from './dump.js';
import { parse } from './parse.js';
import { compareUtf8 } from './utf8.js';
import type { JsonObject, JsonValue } from './value.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Where the orders of UTF-8 and UTF-16 part, and where escapes begin.
  fc.string({
    unit: fc.constantFrom('\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', 'a', '"', '\\', '\0'),
  }),
);

const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('value')),
    fc.array(fc.tuple(text, tie('value'))).map((members): JsonObject => new Map(members)),
  ),
}));

const reread = (document: string): JsonValue => parse(Buffer.from(document));

t.test('any value reads back as itself, and is written the same again', async () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const once = dump(value);
      assert.deepEqual(reread(once), value);
      assert.equal(dump(reread(once)), once);
    }),
  );
});

t.test('keys stand in the order of their UTF-8 bytes, however they were put in', async (t) => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(text), (keys) => {
      const written = dump(new Map(keys.map((key) => [key, 1n])));
      const wanted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(written, `{${wanted.map((key) => `${JSON.stringify(key)}:1`).join()}}`);
    }),
  );
  const astral = '{"\ud7ff":1,"\ue000":2,"\uffff":3,"\u{10000}":4}';
  t.equal(dump(reread('{"\u{10000}":4,"\uffff":3,"\ud7ff":1,"\ue000":2}')), astral);
  t.equal(dump(reread('{"b":1,"ab":2,"":3,"a":4}')), '{"":3,"a":4,"ab":2,"b":1}');
});

t.test('no white space, and each kind of value', async (t) => {
  const value = [
    null,
    true,
    false,
    0n,
    -5n,
    2n ** 64n - 1n,
    1,
    -0,
    1e15,
    'a',
    [],
    new Map(),
    [[], new Map()],
  ];
  t.equal(dump(value), '[null,true,false,0,-5,18446744073709551615,1.0,-0.0,1e+15,"a",[],{},[[],{}]]');
  t.equal(
    dump(
      new Map<string, JsonValue>([
        ['z', [new Map([['k', 'v']]), 1n]],
        ['a', null],
      ]),
    ),
    '{"a":null,"z":[{"k":"v"},1]}',
  );
});

t.test('escapes only what must be', async (t) => {
  t.equal(quote('plain'), '"plain"');
  t.equal(quote(''), '""');
  t.equal(quote('"\\\b\f\n\r\t'), '"\\"\\\\\\b\\f\\n\\r\\t"');
  t.equal(quote('\0\x01\v\x1f'), '"\\u0000\\u0001\\u000b\\u001f"');
  const raw = '/ \x7f\u0080\u2028\u2029\ufeff\uffff\u{1f600}';
  t.equal(quote(raw), `"${raw}"`);
  t.equal(quote(`\n${raw}`), `"\\n${raw}"`);
});

t.test('DIFFERENCES 6: dumpAscii is ASCII and reads back the same', async (t) => {
  t.equal(
    dumpAscii(new Map([['\u00e9', '~\x7f\u4f60\u{1f600}\n']])),
    '{"\\u00e9":"~\\u007f\\u4f60\\ud83d\\ude00\\n"}',
  );
  fc.assert(
    fc.property(anyValue, (value) => {
      const written = dumpAscii(value);
      assert.match(written, /^[ -~]*$/);
      assert.deepEqual(reread(written), value);
    }),
  );
});
