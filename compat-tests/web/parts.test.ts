import fc from 'fast-check';
import t from 'tap';
import { Twice } from '../../src/client/core/twice.js';
import { joined } from '../../src/store/mysql/joiner.js';
import { Heights } from '../../web/heights.js';
import { merged } from '../../web/merged.js';
import { Numbers } from '../../web/numbers.js';
import { harmless, harmlessLine, isOld, partsOf, timeOf, unstorable } from '../../web/text.js';
import { UnderWay } from '../../web/under-way.js';
import { firstLanguage, LANGUAGES } from '../../web/words.js';

/** A chat as it comes; a page names it, a console does not. */
const chat = (text: string, mid?: string) => ({
  from: { id: 1, name: 'one' },
  group: undefined,
  text,
  time: '2026-01-01 00:00:00',
  document: mid === undefined ? {} : { mid },
});

t.test('what comes again after a cut is known; what only looks like it is not', async (t) => {
  const twice = new Twice();
  twice.begin(0);
  t.notOk(twice.hasCome(chat('a'), 1, 0));
  t.notOk(twice.hasCome(chat('a'), 2, 0), 'the same text twice is two messages');
  t.notOk(twice.hasCome(chat('b'), 3, 0));
  twice.confirmed(1);
  twice.begin(100);
  t.ok(twice.hasCome(chat('a'), 1, 101), 'the server does not know that the second one arrived');
  t.notOk(twice.hasCome(chat('a'), 1, 101), 'and it comes again once');
  t.ok(twice.hasCome(chat('b'), 1, 101));
  t.notOk(twice.hasCome(chat('c'), 2, 101));
  twice.begin(200_000);
  t.ok(twice.hasCome(chat('c'), 1, 200_001));
  t.notOk(twice.hasCome(chat('b'), 1, 270_000), 'long after a login nothing comes again');
});

t.test('what names itself comes once, whenever it comes; its parts are not the same', async (t) => {
  const twice = new Twice();
  t.notOk(twice.hasCome(chat('a', 'x'), 1, 0));
  t.ok(twice.hasCome(chat('a', 'x'), 2, 1e9));
  t.notOk(
    twice.hasCome(chat('the rest', 'x'), 3, 1e9),
    'a text that was too long for a column comes in parts',
  );
  t.notOk(twice.hasCome(chat('a', 'y'), 4, 1e9));
});

t.test('any order of cuts: each message is shown once', async () => {
  const plan = fc.array(fc.record({ known: fc.nat(5), lost: fc.nat(5), same: fc.boolean() }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(plan, (cuts) => {
      const twice = new Twice();
      const shown: string[] = [];
      let sent: string[] = [];
      let unknown: string[] = [];
      for (const [n, { known, lost, same }] of cuts.entries()) {
        twice.begin(n);
        const fresh = Array.from({ length: known + lost }, (_, m) => (same ? 'same' : `${n}.${m}`));
        const coming = [...unknown, ...fresh];
        sent = [...sent, ...fresh];
        for (const [m, text] of coming.entries()) if (!twice.hasCome(chat(text), m + 1, n)) shown.push(text);
        const confirmed = unknown.length + known;
        twice.confirmed(confirmed);
        unknown = coming.slice(confirmed);
      }
      return JSON.stringify(shown) === JSON.stringify(sent);
    }),
  );
});

t.test(
  'any order of cuts between several servers: what counts as arrived has, and all does in the end',
  async () => {
    const step = fc.record({
      what: fc.constantFrom('send', 'handle', 'tell', 'lose', 'forget'),
      server: fc.nat(2),
      again: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let keys = 0;
        const way = new UnderWay(() => `key ${keys++}`);
        // Of each server: how many documents of each key it has handled.
        const servers = [0, 1, 2].map(() => new Map<string, number>());
        const arrived = new Set<string>();
        const ends = new Map<string, boolean>();
        let at = servers[0] as Map<string, number>;
        let wire: string[] = [];
        const flush = () => {
          for (const sent of way.waiting) {
            way.number(sent);
            wire.push(sent.text);
          }
        };
        const connect = (server: number) => {
          at = servers[server] as Map<string, number>;
          wire = [];
          // The second time by a new key, which any server takes.
          if (!way.opened(at.get(way.key) ?? 0) && !way.opened(0)) throw new Error('it never connects');
          flush();
        };
        const handle = () => {
          const text = wire.shift();
          if (text === undefined) return;
          arrived.add(text);
          at.set(way.key, (at.get(way.key) ?? 0) + 1);
        };
        const tell = () => way.done(at.get(way.key) ?? 0);
        connect(0);
        for (const [n, { what, server, again }] of steps.entries()) {
          const text = `${n}`;
          if (what === 'send') way.add({ text, number: 0, again, done: (isIn) => ends.set(text, isIn) });
          if (what === 'send') flush();
          if (what === 'handle') handle();
          if (what === 'tell') tell();
          if (what === 'forget') servers[server]?.clear();
          if (what === 'lose' || what === 'forget') connect(server);
        }
        while (wire.length > 0) handle();
        tell();
        const isTrue = [...ends].every(([text, isIn]) => !isIn || arrived.has(text));
        const sent = steps.flatMap(({ what, again }, n) => (what === 'send' && again ? [`${n}`] : []));
        return isTrue && sent.every((text) => ends.get(text) === true);
      }),
    );
  },
);

t.test(
  'the numbers of two devices of one user that take turns: no message counts as come that has not, and all come',
  async () => {
    const step = fc.record({
      what: fc.constantFrom('write', 'arrive', 'say', 'unsure', 'lose', 'other'),
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        interface Note {
          readonly text: string;
          seq?: number | undefined;
        }
        const numbers = new Numbers<Note>();
        // The server knows each number, and the text that it has come with first.
        const come = new Map<number, string>();
        const last = () => Math.max(0, ...come.keys());
        const told = new Map<string, string>();
        let waiting: Note[] = [];
        let wire: { seq: number; text: string; note: Note }[] = [];
        let answers: { seq: number; text: string }[] = [];
        const send = (note: Note) => wire.push({ seq: numbers.give(note) ?? 0, text: note.text, note });
        const arrive = () => {
          const sent = wire.shift();
          if (sent === undefined) return;
          waiting = waiting.filter((note) => note !== sent.note);
          if (!come.has(sent.seq)) come.set(sent.seq, sent.text);
          answers.push({ seq: sent.seq, text: come.get(sent.seq) ?? '' });
        };
        const say = () => {
          const answer = answers.shift();
          const note = answer && numbers.settled(answer.seq);
          if (answer !== undefined && note !== undefined) told.set(note.text, answer.text);
        };
        numbers.begin(0);
        for (const [n, { what, count }] of steps.entries()) {
          if (what === 'write') {
            const note = { text: `${n}` };
            waiting.push(note);
            send(note);
          } else if (what === 'arrive') arrive();
          else if (what === 'say') say();
          else if (what === 'unsure' && wire[0] !== undefined) {
            // It is answered so, and not taken; soon it goes again.
            const { seq, note } = wire.shift() as (typeof wire)[0];
            numbers.unknown(seq);
            wire.push({ seq: numbers.give(note) ?? 0, text: note.text, note });
          } else if (what === 'lose' || what === 'other') {
            wire = [];
            answers = [];
            const kept = waiting.filter((note) => numbers.isUnsure(note));
            // Another device writes only while the server has said something of all of this one.
            if (what === 'other' && kept.length === 0)
              for (let each = 0; each < count; each++) come.set(last() + 1, `other ${n}.${each}`);
            numbers.begin(last());
            for (const note of waiting) send(note);
          }
        }
        while (wire.length > 0) arrive();
        while (answers.length > 0) say();
        const texts = new Set(come.values());
        const isTrue = [...told].every(([note, text]) => note === text);
        return isTrue && steps.every(({ what }, n) => what !== 'write' || texts.has(`${n}`));
      }),
    );
  },
);

t.test('texts of others do nothing to a line', async (t) => {
  t.equal(harmless('a\u202eb\u0007\nc'), 'a␣b␇\nc');
  for (const code of [
    0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x180e, 0x200b, 0x2066, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xe0041,
  ])
    t.equal(harmless(`admin${String.fromCodePoint(code)}`), 'admin␣', code.toString(16));
  const shown = '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} ❤\ufe0f 1\ufe0f\u20e3 葛\u{e0100}';
  t.equal(harmless(shown), shown, 'what makes another sign of the one before it');
  t.equal(harmless('你好 😀 می‌خواهم 👩‍👩‍👧'), '你好 😀 می‌خواهم 👩‍👩‍👧', 'what people write stays');
  t.equal(harmlessLine('a\n\n  b', 10), 'a b');
  t.equal(harmlessLine('x'.repeat(300), 5), 'xxxxx…');
});

t.test('links', async (t) => {
  const links = (text: string) => partsOf(text).flatMap(({ href }) => href ?? []);
  t.same(links('see https://a.example/b?c=1. And (http://b.example), ok'), [
    'https://a.example/b?c=1',
    'http://b.example/',
  ]);
  t.same(links('看https://a.example/页，好'), ['https://a.example/%E9%A1%B5']);
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'https://', 'HTTP//x', 'ftp://a.example'])
    t.same(links(text), [], text);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) =>
        partsOf(text)
          .map((part) => part.text)
          .join('') === text,
    ),
  );
});

t.test('an address with very many stops in it is read once, not once for each of them', async (t) => {
  const stops = '.,;:!?'.repeat(200_000);
  t.same(partsOf(`https://a.example/${stops}x${stops}`), [
    { text: `https://a.example/${stops}x`, href: new URL(`https://a.example/${stops}x`).href },
    { text: stops },
  ]);
});

t.test('when a message was written', async (t) => {
  for (const text of ['', 'now', '2026-13-01 00:00:00', '<b>', '2026-01-01'])
    t.equal(timeOf(text), undefined, text);
  const now = Date.parse('2026-01-01T00:10:00');
  t.ok(isOld('2026-01-01 00:00:00', now));
  t.notOk(isOld('2026-01-01 00:09:59', now));
  t.notOk(isOld('no time', now));
});

t.test('names that a database in GBK cannot hold: as the server sees it', async (t) => {
  for (const name of ['', 'alice', '张三', '你好吗', '李四', '😀'])
    t.equal(unstorable(name), undefined, name);
  t.equal(unstorable('小秀'), '秀');
  t.equal(unstorable('训'), '训');
  // With joiners, or else what needs none and is the same text: of that the parity tells.
  for (const text of ['小明', '你好', '陆', '小陆', '张秀', '训a', 'a训', '秀秀'])
    if (joined(text) !== text) t.equal(unstorable(text), undefined, text);
});

t.test('pages of the history among what a browser has: all of it once, in order', async () => {
  const message = (n: number, own: number) => ({
    ...{ n: own * (n + 1), talk: 'u1', from: 1, name: 'one', text: `${n}`, time: '' },
    // Many have one time.
    ...{ at: 1000 * Math.floor(n / 10), mid: '', ...(own < 0 && { number: n + 1 }) },
  });
  const copies = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(copies, fc.integer({ min: 1, max: 20 }), (isHere, most) => {
      let shown = isHere.flatMap((is, n) => (is ? [message(n, 1)] : []));
      const count = shown.length;
      let known = 0;
      // The newest page first, as they are asked for.
      for (let end = isHere.length; end > 0; end -= most) {
        const from = Math.max(0, end - most);
        const page = Array.from({ length: end - from }, (_, n) => message(from + n, -1));
        const result = merged(shown, page);
        shown = result.messages;
        known += result.known;
      }
      const all = isHere.map((_, n) => `${n}`).join();
      return shown.map(({ text }) => text).join() === all && known === count;
    }),
  );
});

t.test('where rows are', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 200 }),
      fc.nat(50_000),
      (rows, y) => {
        const heights = new Heights();
        for (const [n, height] of rows.entries()) heights.measured(n, height);
        const all = heights.lay(rows.map((_, n) => n));
        const row = heights.at(y);
        const isIn = heights.top(row) <= y && (y < heights.top(row + 1) || row === rows.length - 1);
        return (
          isIn && all === rows.reduce((sum, height) => sum + height, 0) && heights.top(rows.length) === all
        );
      },
    ),
  );
});

t.test('every language says everything, and the first one is the browser’s', async (t) => {
  t.same(Object.keys(LANGUAGES.zh).sort(), Object.keys(LANGUAGES.en).sort());
  t.equal(firstLanguage(null, ['de-DE', 'zh-TW', 'en']), 'zh');
  t.equal(firstLanguage(null, ['fr']), 'en');
  t.equal(firstLanguage('en', ['zh']), 'en');
});
