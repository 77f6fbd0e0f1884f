import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { dump } from './dump.js';
import { parse } from './parse.js';
import { BAD, DONE, MORE, OTHER, type Outcome, Scanner } from './scan.js';
import { JsonError } from './value.js';

const NAMES = ['msgid', 'id', 'toid'];

interface Verdict {
  outcome: Outcome;
  at: number;
  canonical: boolean;
  ints: number[];
}

/** Scans `bytes`, given in pieces that end at `cuts` and at their end. */
function scan(bytes: Buffer, cuts: number[] = []): Verdict {
  const scanner = new Scanner(NAMES);
  scanner.begin(0);
  let outcome: Outcome = MORE;
  for (const end of [...cuts, bytes.length]) {
    outcome = scanner.scan(bytes, end);
    if (outcome !== MORE) break;
  }
  return { outcome, at: scanner.at, canonical: scanner.canonical, ints: [...scanner.ints] };
}

/** Whether parse accepts it; undefined for a number out of range, which the scan does not look at. */
function parses(bytes: Buffer): boolean | undefined {
  try {
    parse(bytes);
    return true;
  } catch (error) {
    if (error instanceof JsonError) return error.code === 406 ? undefined : false;
    throw error;
  }
}

function vectors(): Buffer[] {
  return readFileSync('fixtures/json/vectors.jsonl', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ in: text, inHex }) => (text === undefined ? Buffer.from(inHex, 'hex') : Buffer.from(text)));
}

/** As the value of a key, so that every vector is an object; NULs end the original's input, and no object. */
const objects = vectors()
  .filter((bytes) => !bytes.includes(0) && bytes.indexOf('\ufeff') !== 0)
  .map((bytes) => Buffer.concat([Buffer.from('{"a":'), bytes, Buffer.from('}')]));

t.test('accepts what parse accepts, and knows what dump would leave as it is', async (t) => {
  t.ok(objects.length > 5000);
  for (const bytes of objects) {
    const verdict = scan(bytes);
    const good = parses(bytes);
    if (good === undefined) continue;
    const whole = verdict.outcome === DONE && verdict.at === bytes.length;
    if (whole !== good) t.fail(`${bytes}: scan says ${verdict.outcome} at ${verdict.at}, parse says ${good}`);
    if (whole && verdict.canonical && dump(parse(bytes)) !== bytes.toString())
      t.fail(`${bytes} is not canonical`);
  }
});

t.test('a dumped message without doubles is canonical', async () => {
  const text = fc.string({ unit: 'binary' });
  const message = fc.dictionary(fc.string(), fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)));
  fc.assert(
    fc.property(message, (value) => {
      const bytes = Buffer.from(dump(parse(Buffer.from(JSON.stringify(value)))));
      const plainKeys = Object.keys(value).every((key) => !/["\\\p{Cc}]/u.test(key));
      return scan(bytes).canonical || !plainKeys;
    }),
  );
});

t.test('the outcome is the same however the bytes are cut', async (t) => {
  const sample = Buffer.from(
    '{"a":[1,-20,0.5e-3,true,null,{"b":"\\u4f60\\ud83d\\ude00\\n"}],"id":13,"msg":"你好😀","msgid":6,"toid":-21}',
  );
  const whole = scan(sample);
  t.equal(whole.outcome, DONE);
  for (let cut = 1; cut < sample.length; cut++) t.same(scan(sample, [cut]), whole, `cut at ${cut}`);
  const everywhere = Array.from(sample.keys()).slice(1);
  t.same(scan(sample, everywhere), whole);
});

t.test('a wrong byte is found however the bytes are cut', async () => {
  const base = Buffer.from('{"id":13,"msg":"a\\u00e9你","n":-1.5e+3,"o":[true,{}]}');
  fc.assert(
    fc.property(fc.nat(base.length - 2), fc.nat(255), fc.nat(base.length - 1), (at, byte, cut) => {
      const bytes = Buffer.from(base);
      bytes[at + 1] = byte;
      const whole = scan(bytes);
      const pieces = scan(bytes, [cut]);
      return whole.outcome === pieces.outcome && (whole.outcome === BAD || whole.at === pieces.at);
    }),
    { numRuns: 3000 },
  );
});

t.test('reads the plain int32 values of top-level keys', async (t) => {
  const ints = (text: string) => scan(Buffer.from(text)).ints;
  t.same(ints('{"id":13,"msgid":6,"toid":-2147483648}'), [6, 13, -2147483648]);
  t.same(ints('{"id":2147483648,"msgid":1.0,"toid":"3"}'), [OTHER, OTHER, OTHER]);
  t.same(ints('{"o":{"id":1},"msgid":[6],"toid":5}'), [OTHER, Number.NaN, 5]);
  t.same(ints('{"id":1,"id":2,"id":{"id":3}}'), [Number.NaN, OTHER, Number.NaN]);
  t.same(ints('{"id":-0,"toid":true}'), [Number.NaN, OTHER, OTHER]);
});

t.test('tells what would be dumped in another form', async (t) => {
  const other = [
    '{"b":1,"a":2}',
    '{"a":1,"a":2}',
    '{ "a":1}',
    '{"a":1.0}',
    '{"a":-0}',
    '{"a":1234567890123456789}',
    '{"a":"\\/"}',
    '{"a":"\\u0041"}',
    '{"a":"\\u000A"}',
    '{"a":"\\u001F"}',
    '{"a":{"c":1,"b":2}}',
    '{"\\n":1}',
  ];
  for (const text of other) t.equal(scan(Buffer.from(text)).canonical, false, text);
  const same = ['{}', '{"":[]}', '{"a":{"b":1,"c":2},"b":{"a":1}}', '{"a":"\\u001f\\n"}', '{"é":1,"😀":2}'];
  for (const text of same) t.equal(scan(Buffer.from(text)).canonical, true, text);
});
