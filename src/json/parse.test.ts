import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { dump } from './dump.js';
import { parse } from './parse.js';
import { JsonError, type JsonValue } from './value.js';

type Bytes = string | number[] | Uint8Array;

/** `101 at 7`, or `accepted`. */
function verdict(input: Bytes): string {
  try {
    parse(typeof input === 'string' ? Buffer.from(input) : Buffer.from(input));
    return 'accepted';
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return `${error.code} at ${error.offset}`;
  }
}

const read = (text: string): JsonValue => parse(Buffer.from(text));
const inQuotes = (...bytes: number[]): number[] => [0x22, ...bytes, 0x22];

/** The same value as JSON.parse gives it, but for the sign of zero: to nlohmann `-0` has none, `-0.0` has. */
function toPlain(value: JsonValue): unknown {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value) + 0;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, v]) => [key, toPlain(v)]));
  return value;
}

/** The value that JSON.parse makes of bytes, `undefined` where nlohmann refuses them. */
function reference(bytes: Uint8Array): unknown {
  let refused = false;
  const check = (key: string, value: unknown): unknown => {
    for (const text of [key, value]) {
      if (typeof text === 'string' && Buffer.from(text).toString() !== text) refused = true;
    }
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) refused = true;
    return typeof value === 'number' ? value + 0 : value;
  };
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const value = JSON.parse(decoder.decode(bytes), check);
    return refused ? undefined : value;
  } catch {
    return undefined;
  }
}

function outcome(input: Uint8Array): string | number {
  try {
    return dump(parse(input));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return error.code;
  }
}

t.test('agrees with every recorded document', async (t) => {
  const lines = readFileSync('fixtures/json/vectors.jsonl', 'utf8').trimEnd().split('\n');
  const wrong = lines.filter((line) => {
    const vector = JSON.parse(line);
    const input = vector.in === undefined ? Buffer.from(vector.inHex, 'hex') : Buffer.from(vector.in);
    return outcome(input) !== (vector.out ?? vector.error);
  });
  t.strictSame(wrong, []);
  t.equal(lines.length, 6300);
});

t.test('integers are bigint as far as int64 and uint64 go, other numbers are number', async (t) => {
  t.strictSame(read('[1, 1.0, 1e0]'), [1n, 1, 1]);
  t.equal(read('9007199254740993'), 9007199254740993n);
  t.equal(read('-9223372036854775808'), -(2n ** 63n));
  t.equal(read('-9223372036854775809'), -(2 ** 63));
  t.equal(read('18446744073709551615'), 2n ** 64n - 1n);
  t.equal(read('18446744073709551616'), 2 ** 64);
  t.equal(read('-0'), 0n);
  t.ok(Object.is(read('-0.0'), -0));
  t.ok(Object.is(read('-1e-400'), -0));
  t.equal(verdict(`1${'0'.repeat(400)}`), '406 at 0');
  for (const text of ['-', '01', '-01', '+1', '.5', '1.', '1.e1', '1e', '1e+', '0x1', 'NaN', 'Infinity']) {
    t.match(verdict(text), /^101 /, text);
  }
});

t.test('the first error in reading order counts', async (t) => {
  t.equal(verdict('[1e999,x'), '406 at 1');
  t.equal(verdict('{"a":-1e999x'), '406 at 5');
  t.equal(verdict('[x,1e999]'), '101 at 1');
  t.equal(verdict('[1 1e999]'), '101 at 3');
  t.equal(verdict('{1e999'), '101 at 1');
  t.equal(verdict('[1e999.5'), '406 at 1');
});

t.test('white space, byte order mark and NUL', async (t) => {
  t.equal(verdict(' \t\r\n[ \t\r\n] \t\r\n'), 'accepted');
  for (const space of ['\v', '\f', '\u00a0', '\u2028']) t.equal(verdict(`${space}1`), '101 at 0');
  t.equal(verdict('\ufeff1'), 'accepted');
  t.equal(verdict('\ufeff'), '101 at 3');
  t.equal(verdict('\ufeff\ufeff1'), '101 at 3');
  t.equal(verdict(' \ufeff1'), '101 at 1');
  t.equal(verdict([0xef, 0xbb, 0x31]), '101 at 2');
  t.equal(verdict('1\0rest is not looked at \x01'), 'accepted');
  t.equal(verdict('[1\0]'), '101 at 2');
  t.equal(verdict('tr\0ue'), '101 at 2');
  t.equal(verdict('"a\0"'), '101 at 2');
  t.equal(verdict('\0'), '101 at 0');
  t.equal(verdict(''), '101 at 0');
});

t.test('commas, colons and brackets', async (t) => {
  const wrong =
    '[1,] [,1] [1 {"a":1,} {,} {"a"} {"a",1} {"a":} {a:1} {1:2} [} {] ] } , : [1]] {}{} 1,2 "a truth nul';
  for (const text of wrong.split(' ')) t.match(verdict(text), /^101 /, text);
});

t.test('objects: any key is a plain key, and the last of equal keys wins', async (t) => {
  t.strictSame(read('{"a":{"b":1},"\\u0061":{"c":2}}'), new Map([['a', new Map([['c', 2n]])]]));
  const hostile = '{"__proto__":{"polluted":1},"constructor":null,"toString":2}';
  const value = read(hostile);
  assert(value instanceof Map);
  t.strictSame([...value.keys()], ['__proto__', 'constructor', 'toString']);
  t.equal(Reflect.get({}, 'polluted'), undefined);
  t.equal(dump(value), hostile);
});

t.test('escapes', async (t) => {
  t.equal(read('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00E9\\u4f60"'), '"\\/\b\f\n\r\t\0\u00e9\u4f60');
  t.equal(read('"a\\ud83d\\uDE00b"'), 'a\u{1f600}b');
  for (const text of ['"\\x"', '"\\U0041"', '"\\u00g0"', '"\\u004"', '"\\\0"', '"\n"', '"\x1f"', "'a'"]) {
    t.match(verdict(text), /^101 /, JSON.stringify(text));
  }
});

t.test('half a surrogate pair is refused', async (t) => {
  t.equal(verdict('"\\ud83d"'), '101 at 7');
  t.equal(verdict('"\\ud83dx"'), '101 at 7');
  t.equal(verdict('"\\ud83d\\n"'), '101 at 8');
  t.equal(verdict('"\\ud83d\\u0041"'), '101 at 12');
  t.equal(verdict('"\\ud83d\\ud83d"'), '101 at 12');
  t.equal(verdict('"\\ud83d\\ue000"'), '101 at 12');
  t.equal(verdict('"\\ude00"'), '101 at 6');
  t.equal(verdict('{"\\udfff":1}'), '101 at 7');
});

t.test('ill-formed UTF-8 is refused', async (t) => {
  t.equal(verdict(inQuotes(0xc0, 0x80)), '101 at 1', 'overlong NUL');
  t.equal(verdict(inQuotes(0xc1, 0xbf)), '101 at 1', 'overlong, two bytes');
  t.equal(verdict(inQuotes(0xe0, 0x9f, 0xbf)), '101 at 2', 'overlong, three bytes');
  t.equal(verdict(inQuotes(0xf0, 0x8f, 0xbf, 0xbf)), '101 at 2', 'overlong, four bytes');
  t.equal(verdict(inQuotes(0xed, 0xa0, 0x80)), '101 at 2', 'U+D800');
  t.equal(verdict(inQuotes(0xed, 0xbf, 0xbf)), '101 at 2', 'U+DFFF');
  t.equal(verdict(inQuotes(0xf4, 0x90, 0x80, 0x80)), '101 at 2', 'above U+10FFFF');
  t.equal(verdict(inQuotes(0xf5, 0x80, 0x80, 0x80)), '101 at 1', 'no such lead');
  t.equal(verdict(inQuotes(0x61, 0x80)), '101 at 2', 'continuation alone');
  t.equal(verdict(inQuotes(0xe4, 0xbd)), '101 at 3', 'cut by the quote');
  t.equal(verdict([0xe4, 0xbd, 0xa0]), '101 at 0', 'outside a string');
  const borders = '\u0080\u07ff\u0800\ud7ff\ue000\ufffe\uffff\u{10000}\u{10ffff}\u007f\u2028';
  t.equal(read(`"${borders}"`), borders);
});

t.test('60,000 levels', async (t) => {
  const depth = 60_000;
  const arrays = '['.repeat(depth) + ']'.repeat(depth);
  t.ok(dump(read(arrays)) === arrays);
  const objects = `${'{"a":'.repeat(depth)}1.5${'}'.repeat(depth)}`;
  t.ok(dump(read(objects)) === objects);
  t.equal(verdict('['.repeat(depth)), `101 at ${depth}`);
});

t.test('a document cut at any byte is refused where it ends', async (t) => {
  const text = '\ufeff {"a\\n":[true,false,null,"\u00e9\u4f60\u{1f600}\\ud83d\\ude00",-1.5e+10,0] , "b":{}}';
  const whole = Buffer.from(text);
  t.equal(verdict(whole), 'accepted');
  for (let cut = 0; cut < whole.length; cut++) {
    const refused = `101 at ${cut}`;
    if (verdict(whole.subarray(0, cut)) !== refused)
      t.fail(`cut at ${cut}: ${verdict(whole.subarray(0, cut))}`);
  }
});

t.test('reads only from start to end, and counts offsets from start', async (t) => {
  const bytes = new Uint8Array(Buffer.from('xx[1,"\u4f60","ab"]9')).subarray(1);
  t.strictSame(parse(bytes, 1, bytes.length - 1), [1n, '\u4f60', 'ab']);
  t.throws(() => parse(bytes, 1), { code: 101, offset: 14 });
  t.throws(() => parse(bytes, 1, 3), { code: 101, offset: 2 });
});

t.test('reads what JSON.parse reads, as the same value', async () => {
  const json = fc.json({ stringUnit: 'binary', maxDepth: 5 });
  fc.assert(fc.property(json, (text) => assert.deepEqual(toPlain(read(text)), JSON.parse(text))));
});

t.test('refuses what JSON.parse refuses, and whatever it refuses is right up to the offset', async () => {
  const json = fc.json({ stringUnit: 'binary', maxDepth: 3 });
  const part = fc
    .constantFrom(...'"\\u,:[]{}0d8-.e ', '\x1f', 't', '\ud83d\ude00')
    .map((s) => Buffer.from(s));
  const piece = fc.oneof(part, fc.uint8Array({ max: 255, min: 1, maxLength: 2 }));
  fc.assert(
    fc.property(json, fc.nat(), fc.nat(3), piece, (text, place, length, insert) => {
      const bytes = Buffer.from(text);
      const at = place % bytes.length;
      const changed = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + length)]);
      const wanted = reference(changed);
      const result = verdict(changed);
      assert.equal(result === 'accepted', wanted !== undefined, result);
      if (result === 'accepted') assert.deepEqual(toPlain(parse(changed)), wanted);
      const offset = Number(result.split(' ').at(-1));
      if (result !== 'accepted')
        assert.match(verdict(changed.subarray(0, offset)), RegExp(`accepted|101 at ${offset}$`));
    }),
    { numRuns: 3000 },
  );
});
