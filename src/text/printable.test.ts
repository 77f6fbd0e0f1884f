import fc from 'fast-check';
import t from 'tap';
import { printable, printableLines } from './printable.js';

/** Any character, halves of pairs too. */
const UNITS = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));

/** Each class of characters that could do something to a line, by its first and last one. */
const HARMFUL: Readonly<Record<string, readonly [number, number]>> = {
  'C0 controls, ESC, CR and LF among them': [0x00, 0x1f],
  'DEL and the C1 controls, CSI and NEL among them': [0x7f, 0x9f],
  'the soft hyphen': [0xad, 0xad],
  'the Arabic letter mark': [0x61c, 0x61c],
  'zero width': [0x200b, 0x200b],
  'marks of direction': [0x200e, 0x200f],
  'line separators and embeddings': [0x2028, 0x202e],
  'word joiner, isolates and what is beside them': [0x2060, 0x2064],
  isolates: [0x2066, 0x206f],
  'the byte order mark': [0xfeff, 0xfeff],
  'halves of pairs': [0xd800, 0xdfff],
  'what anchors annotations': [0xfff9, 0xfffb],
  tags: [0xe0020, 0xe007f],
  'the grapheme joiner': [0x34f, 0x34f],
  'fillers that nobody sees': [0x115f, 0x1160],
  'the Hangul filler': [0x3164, 0x3164],
  'its narrow form': [0xffa0, 0xffa0],
};

for (const [name, [first, last]] of Object.entries(HARMFUL))
  t.test(`shown as numbers: ${name}`, async (t) => {
    for (let code = first; code <= last; code++) {
      const hex = code.toString(16);
      const number = code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
      const shown = printable(`a${String.fromCodePoint(code)}b`);
      if (shown !== `a${number}b`) t.fail(`${number}: ${JSON.stringify(shown)}`);
    }
  });

t.test('what people write stays as it is', async (t) => {
  for (const text of ['', 'hello\\world "x"', '陆：你好！同学', 'été', '👩‍👩‍👧 👍🏽', 'می‌خواهم', 'שלום'])
    t.equal(printable(text), text);
});

t.test('a long text is cut, never within a character, and says how long it was', async (t) => {
  t.equal(printable('x'.repeat(60_000), 5), 'xxxxx… (60000 characters)');
  t.equal(printable('x'.repeat(5), 5), 'xxxxx');
  t.equal(printable('xxxx👍', 5), 'xxxx… (6 characters)');
  t.equal(printable('xx\u202e', 5), 'xx… (3 characters)');
  t.equal(printable('xx\n', 8), 'xx\\u000a');
});

t.test('lines that are ours stay lines', async (t) => {
  t.equal(printableLines('one\ntw\ro\n\u2028'), 'one\ntw\\u000do\n\\u2028');
});

t.test('whatever the text, it is one short line in which no character does anything', async () => {
  const unit = fc.oneof(fc.constantFrom(...'\u009b\u0085\u202e\u2028\ud800x'), UNITS);
  const text = fc.array(unit).map((units) => units.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 300 }), (text, most) => {
      const shown = printable(text, most);
      const codes = [...shown].map((character) => character.codePointAt(0) ?? 0);
      const isHarmful = (code: number) =>
        Object.values(HARMFUL).some(([first, last]) => first <= code && code <= last);
      return shown.replace(/… \(\d+ characters\)$/, '').length <= most && !codes.some(isHarmful);
    }),
    { numRuns: 2000 },
  );
});
