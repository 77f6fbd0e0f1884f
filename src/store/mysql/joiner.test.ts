import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { charactersOf, joined, nameOf } from './joiner.js';

const SURNAMES = [
  ...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈',
];
const GIVEN = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华建国玉梅红志文斌海燕雪晓宇浩然子轩梓涵欣怡雨泽思嘉',
];

const surname = fc.constantFrom(...SURNAMES);
const given = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...GIVEN), { minLength, maxLength }).map((characters) => characters.join(''));
/** Names of one to five characters. */
const common = fc.tuple(surname, given(0, 4)).map(([first, second]) => first + second);

const gbk = new TextDecoder('gbk', { fatal: true });
const read = (name: string) => nameOf(Buffer.from(name));

function isStorable(name: string): boolean {
  try {
    return !/[€\ue000-\uf8ff]/.test(gbk.decode(Buffer.from(name)));
  } catch {
    return false;
  }
}

t.test('nearly every common name has a form whose bytes pair up as GBK', async (t) => {
  for (const length of [1, 2, 3, 4, 5]) {
    const names = SURNAMES.flatMap((first, i) =>
      GIVEN.map(
        (_, j) =>
          first + [...'?'.repeat(length - 1)].map((_, k) => GIVEN[(i + j * (k + 1)) % GIVEN.length]).join(''),
      ),
    );
    const count = (of: (name: string) => boolean) => names.filter(of).length / names.length;
    const before = count(isStorable);
    const after = count((name) => isStorable(joined(name)));
    t.comment(`${length}: ${before.toFixed(3)} as they are, ${after.toFixed(3)} with joiners`);
    t.ok(after > 0.9, `${length} characters: ${after.toFixed(3)}`);
  }
});

t.test(
  'a common name has one form, which reads as the name, and as it is where that can be stored',
  async (t) => {
    const check = (name: string, at: readonly number[]) => {
      const form = joined(name);
      const joiners = form.length - name.length;
      assert.ok(joiners <= 3);
      assert.equal(form.replaceAll('\u2060', ''), name);
      assert.equal(read(form), name);
      if (isStorable(name)) assert.equal(form, name);
      if (!isStorable(name) && joiners > 0) assert.ok(isStorable(form));
      let typed = name;
      for (const place of at) typed = `${typed.slice(0, place)}\u2060${typed.slice(place)}`;
      assert.equal(joined(typed), isStorable(form) ? form : typed, 'also when somebody typed joiners');
    };
    fc.assert(fc.property(common, fc.array(fc.nat(5), { maxLength: 3 }), check), { numRuns: 2000 });
    t.pass();
  },
);

t.test('no name makes it slow, and any reads as it was', async () => {
  const since = performance.now();
  const check = (name: string) => assert.equal(read(joined(name)), name);
  const unit = fc.oneof(
    fc.constantFrom('好', 'é', '😀', '👩‍👧', 'a'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  );
  const names = fc.string({ unit, maxLength: 300 }).filter((name) => !name.includes('\u2060'));
  fc.assert(fc.property(names, check), { numRuns: 300 });
  for (const name of ['好'.repeat(333), '好'.repeat(20_000), 'é好'.repeat(200), 'a'.repeat(60_000)])
    check(name);
  assert.ok(performance.now() - since < 30_000);
});

t.test('the characters of a text are those of the Unicode Standard', async (t) => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const unit = fc.oneof(
    fc.constantFrom(
      '好',
      'é',
      'e',
      '1',
      '#',
      '\u0301',
      '\ufe0f',
      '\u20e3',
      '\u200d',
      '👩',
      '👧',
      '🇨',
      '🇳',
      'ᄒ',
      'ᅡ',
      'ᆫ',
      '한',
    ),
    fc.constantFrom(
      'ำ',
      'क',
      '्',
      '\u0600',
      '\u3099',
      'か',
      'カ',
      '\r',
      '\n',
      '\ud800',
      '\udc00',
      '\u{e0001}',
      '\u{20000}',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
  );
  const text = fc.array(unit, { minLength: 1, maxLength: 30 }).map((units) => units.join(''));
  const check = (text: string) =>
    assert.deepEqual(
      charactersOf(text),
      [...segmenter.segment(text)].map(({ segment }) => segment),
    );
  fc.assert(fc.property(text, check), { numRuns: 5000 });
  t.pass();
});

t.test('what fits no column of the original is not looked at: that would hold up others', async (t) => {
  t.equal(joined('好'.repeat(133)), `${'好'.repeat(133)}\u2060`, '399 bytes');
  for (const name of ['好'.repeat(135), `a${'好'.repeat(333)}`]) t.equal(joined(name), name);
});

t.test('joiners stay where a name could be stored without them: they are not ours', async (t) => {
  t.equal(read('张\u2060三'), '张\u2060三');
  t.equal(read('a\u2060'), 'a\u2060');
  t.equal(joined('张\u2060三'), '张三', 'but such a name is not given any more');
  t.equal(joined('你好吗'), '你好吗\u2060');
  t.equal(read('你好吗\u2060'), '你好吗');
});

t.test(
  'of the 3,755 commonest characters 37 pair up nowhere, and names with them stay as they are',
  async (t) => {
    const pairs = Array.from({ length: 40 * 94 - 5 }, (_, n) => [0xb0 + Math.floor(n / 94), 0xa1 + (n % 94)]);
    const commonest = pairs.map((pair) => gbk.decode(Uint8Array.from(pair)));
    const never = commonest.filter((character) => !isStorable(joined(character)));
    t.equal(never.length, 37);
    t.ok(never.includes('秀') && never.includes('训'));
    for (const name of ['秀', '秀英', '赵秀英']) t.equal(joined(name), name);
  },
);
