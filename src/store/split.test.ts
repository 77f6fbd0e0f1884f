import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { dump } from '../json/dump.js';
import { parse } from '../json/parse.js';
import type { JsonObject } from '../json/value.js';
import { storable } from './split.js';
import { UnstorableMessage } from './store.js';

const read = (text: string) => parse(Buffer.from(text)) as JsonObject;
const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

function refused(message: string, limit: number): boolean {
  try {
    storable(message, limit);
    return false;
  } catch (error) {
    return error instanceof UnstorableMessage;
  }
}

t.test('what is ASCII and fits stays as it is', async (t) => {
  for (const text of [
    '{"msg":"it\'s \\"x\\" \\\\ \\n","n":1.0}',
    '{ "not" : "canonical" }',
    'no JSON at all',
    '',
  ]) {
    t.strictSame(storable(text, 500), [text]);
  }
});

t.test('other text becomes ASCII JSON that reads the same (DIFFERENCES 6)', async (t) => {
  t.strictSame(storable('{"msg":"你好😀é"}', 500), ['{"msg":"\\u4f60\\u597d\\ud83d\\ude00\\u00e9"}']);
  t.strictSame(storable('{"msg":"你"}', 16), ['{"msg":"\\u4f60"}'], 'just fits');
});

t.test('a text that is too long is split between characters (DIFFERENCES 7)', async (t) => {
  t.strictSame(storable('{"id":1,"msg":"abcdefg"}', 20), [
    '{"id":1,"msg":"abc"}',
    '{"id":1,"msg":"def"}',
    '{"id":1,"msg":"g"}',
  ]);
  t.strictSame(storable('{"msg":"a😀b"}', 23), ['{"msg":"a\\ud83d\\ude00"}', '{"msg":"b"}']);
  t.strictSame(storable('{"msg":"a\\n\\"b"}', 14), ['{"msg":"a\\n"}', '{"msg":"\\"b"}']);
});

t.test('without a msg to split, the longest string is', async (t) => {
  t.strictSame(storable('{"a":"x","b":"yyyy"}', 18), ['{"a":"x","b":"yy"}', '{"a":"x","b":"yy"}']);
  t.strictSame(storable('{"b":"yyyy","msg":1}', 18), ['{"b":"yy","msg":1}', '{"b":"yy","msg":1}']);
  t.strictSame(
    storable('{"msg":"m","text":"yyyyyyyyyy"}', 26),
    ['{"msg":"m","text":"yyyyy"}', '{"msg":"m","text":"yyyyy"}'],
    'the rest is too long beside msg',
  );
});

t.test('what cannot be stored is refused', async (t) => {
  t.equal(refused('é', 500), true, 'neither JSON nor ASCII');
  t.equal(refused('x'.repeat(20), 10), true, 'not JSON, and too long');
  t.equal(refused('[1,2,3,4,5]', 10), true, 'not an object');
  t.equal(refused('{"numbers":[1,2,3]}', 10), true, 'no string in it');
  t.equal(refused('{"msg":"aaaa"}', 10), true, 'no room beside the other fields');
  t.equal(refused('{"msg":"你好"}', 15), true, 'no room for one character');
});

t.test(
  'a message becomes a thousand texts at most, and ten when its other fields fill the column',
  async (t) => {
    const message = (others: number, msg: number) =>
      `{"msg":"${'x'.repeat(msg)}","o":["${'o'.repeat(others)}"]}`;
    const frame = message(0, 0).length;
    t.equal(storable(message(0, 1000 * (500 - frame)), 500).length, 1000);
    t.equal(refused(message(0, 1000 * (500 - frame) + 1), 500), true);
    t.equal(storable(message(499 - frame, 10), 500).length, 10);
    t.equal(refused(message(499 - frame, 11), 500), true);
    t.equal(refused(message(499 - frame, 65_000), 500), true, 'not 65,000 texts of one character');
  },
);

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', '"', '\\', '\n', '\0', '你', '😀', '\u2028'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});
const fields = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.oneof(fc.integer(), fc.string({ unit: 'binary', maxLength: 5 })),
  { maxKeys: 4 },
);

t.test(
  'parts together are the message: joined they have its text, each fits and has the other fields',
  async () => {
    const check = (others: Record<string, string | number>, msg: string, limit: number): void => {
      const whole = read(JSON.stringify({ ...others, msg }));
      const parts = storable(dump(whole), limit);
      for (const part of parts) assert.ok(part.length <= limit && isAscii(part), part);
      const documents = parts.map(read);
      assert.equal(documents.map((part) => part.get('msg')).join(''), msg);
      for (const part of documents) assert.deepEqual(new Map(part).set('msg', msg), whole);
    };
    fc.assert(fc.property(fields, text, fc.integer({ min: 900, max: 1600 }), check), { numRuns: 2000 });
    const long = fc.string({ unit: 'binary', minLength: 200, maxLength: 3000 });
    fc.assert(fc.property(fields, long, fc.integer({ min: 900, max: 1600 }), check), { numRuns: 200 });
  },
);
