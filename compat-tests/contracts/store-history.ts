import {
  folded,
  HISTORY_PAGE,
  type HistoryPage,
  type KeptMessage,
  MOST_LOOKED_AT,
  ofGroup,
  ofUsers,
  SEARCHED,
} from '../../src/store/history.js';
import type { Store } from '../../src/store/store.js';
import { type Contract, user } from './open-store.js';

const EVER = { above: 0, below: Number.MAX_SAFE_INTEGER, from: 0, until: Number.MAX_SAFE_INTEGER, most: 50 };

let ids = 1000;

/** Two users who have not spoken with each other yet. */
function pair() {
  ids += 2;
  return { ...ofUsers(ids, ids + 1), member: undefined };
}

const kept = (of: { low: number; high: number }, msg: string, at = 1): KeptMessage => ({
  low: of.low,
  high: of.high,
  at,
  document: JSON.stringify({ msg }),
  text: folded(msg),
});

type Range = Partial<HistoryPage> & { low: number; high: number; member: number | undefined };

async function page(store: Store, range: Range, newest = true): Promise<string[]> {
  const { rows } = await store.historyPage({ ...EVER, newest, ...range });
  return rows.map(({ number, document }) => `${number} ${JSON.parse(document).msg}`);
}

async function search(store: Store, range: Range, text: string): Promise<string[]> {
  const { rows } = await store.searchHistory({ ...EVER, ...range, text: folded(text) });
  return rows.map(({ number }) => String(number));
}

/** The history of conversations. */
export const history: Contract = {
  'history: numbered in each conversation, read from any place and in any direction': async (
    t,
    { store },
  ) => {
    await store.openHistory();
    await store.openHistory();
    const [one, other] = [pair(), pair()];
    t.strictSame(await page(store, one), [], 'nothing yet');
    await store.keepHistory([kept(one, 'a', 10), kept(other, 'x'), kept(one, 'b', 20)]);
    await store.keepHistory([kept(other, 'y'), kept(one, 'c', 30), kept(one, '', 40)]);
    t.strictSame(await page(store, one), ['1 a', '2 b', '3 c', '4 ']);
    t.strictSame(await page(store, other), ['1 x', '2 y']);
    t.strictSame(await page(store, { ...one, most: 2 }), ['3 c', '4 ']);
    t.strictSame(await page(store, { ...one, most: 2, below: 4 }), ['2 b', '3 c']);
    t.strictSame(await page(store, { ...one, most: 2, above: 1 }, false), ['2 b', '3 c']);
    t.strictSame(await page(store, { ...one, from: 20, until: 30 }), ['2 b', '3 c']);
    const first = await store.historyPage({ ...EVER, ...one, newest: false, most: 1 });
    t.equal(first.next, 1, 'more follows');
    t.equal((await store.historyPage({ ...EVER, ...one, newest: true, most: 4 })).next, undefined);
    t.equal((await store.historyPage({ ...EVER, ...one, newest: true, most: 3 })).next, 2);
    t.strictSame(first.rows[0], { number: 1, at: 10, document: '{"msg":"a"}' });
  },

  'history: any text comes back as it was, to the byte': async (t, { store }) => {
    await store.openHistory();
    const texts = ['你好，世界', '😀 \u0000 \u2028', '\\\'";--', 'x'.repeat(70_000), '重庆 й ß'];
    const of = pair();
    await store.keepHistory(texts.map((text) => kept(of, text)));
    const { rows } = await store.historyPage({ ...EVER, ...of, newest: false });
    t.strictSame(
      rows.map(({ document }) => JSON.parse(document).msg),
      texts,
    );
  },

  'history: a page has at most so many bytes, and one message in any case': async (t, { store }) => {
    await store.openHistory();
    const of = pair();
    const long = (n: number) => kept(of, `${n}${'x'.repeat(HISTORY_PAGE / 3)}`);
    for (let n = 0; n < 4; n++) await store.keepHistory([long(n)]);
    await store.keepHistory([kept(of, 'y'.repeat(HISTORY_PAGE + 1))]);
    const numbers = async (range: Range, newest: boolean) =>
      (await page(store, range, newest)).map((row) => Number.parseInt(row, 10));
    t.strictSame(await numbers(of, false), [1, 2]);
    t.equal((await store.historyPage({ ...EVER, ...of, newest: false })).next, 2);
    t.strictSame(await numbers({ ...of, above: 2 }, false), [3, 4]);
    t.strictSame(await numbers(of, true), [5], 'longer than a page');
    t.strictSame(await numbers({ ...of, below: 5 }, true), [3, 4]);
    t.strictSame(await search(store, of, 'xxxx'), ['4', '3']);
  },

  'history: of a group, a member sees what was kept since it came': async (t, { store, database }) => {
    await store.openHistory();
    await database.seed({ user: [user(1, 'one'), user(2, 'two'), user(3, 'three')] });
    const groupid = (await store.createGroup(1, `history ${ids++}`, '')) ?? 0;
    // An id whose history no other test has: the tables of a history are not emptied between them.
    const of = ofGroup(groupid);
    await store.addGroup(2, groupid);
    const start = (await page(store, { ...of, member: 1 })).length;
    t.equal(start, 0);
    await store.keepHistory([kept(of, 'first')]);
    await store.addGroup(3, groupid);
    const seenBy = async (member: number) =>
      (await page(store, { ...of, member })).map((row) => row.split(' ')[1]);
    t.strictSame(await seenBy(3), [], 'nothing was kept since');
    await store.keepHistory([kept(of, 'second')]);
    t.strictSame(await seenBy(1), ['first', 'second']);
    t.strictSame(await seenBy(2), ['first', 'second']);
    t.strictSame(await seenBy(3), ['second']);
    t.strictSame(await seenBy(4), []);
    await store.removeMember(groupid, 2);
    await store.keepHistory([kept(of, 'third')]);
    await store.addGroup(2, groupid);
    await store.keepHistory([kept(of, 'fourth')]);
    t.strictSame(await seenBy(2), ['fourth'], 'who has left and come back');
    t.strictSame(await search(store, { ...of, member: 3 }, 'first'), []);
    t.equal((await search(store, { ...of, member: 1 }, 'first')).length, 1);
  },

  'history: search finds every text of two characters and more, and nothing else': async (t, { store }) => {
    await store.openHistory();
    const of = pair();
    const texts = [
      '你好世界',
      '世界你好',
      'Hello World',
      'ＨＥＬＬＯ',
      '好你',
      '100% _x_ "quoted"',
      '😀😁',
      'abab',
      'ba',
    ];
    await store.keepHistory(texts.map((text, i) => kept(of, text, i)));
    await store.keepHistory([kept(pair(), '你好 in another conversation')]);
    for (const [text, found] of [
      ['你好', ['2', '1']],
      ['世界', ['2', '1']],
      ['界你', ['2']],
      ['hello', ['4', '3']],
      ['LO WO', ['3']],
      ['0%', ['6']],
      ['_x', ['6']],
      ['"quoted"', ['6']],
      ['😀😁', ['7']],
      ['😁😀', []],
      ['baba', []],
      ['aba', ['8']],
      ["' or 1=1 --", []],
      ['no such text', []],
    ] as const)
      t.strictSame(await search(store, of, text), found, text);
    t.strictSame(await search(store, { ...of, from: 1, until: 1 }, '你好'), ['2'], 'by time');
    t.strictSame(await search(store, { ...of, below: 2 }, '你好'), ['1']);
    t.strictSame(await search(store, { ...of, most: 1 }, '你好'), ['2']);
    const far = `${'x'.repeat(SEARCHED)}needle`;
    await store.keepHistory([kept(of, far)]);
    t.strictSame(await search(store, of, 'needle'), [], 'behind the first characters nothing is found');
  },

  'history: a time is found in a long conversation, also what has waited for hours': async (t, { store }) => {
    await store.openHistory();
    const of = pair();
    const HOUR = 3_600_000;
    // One message each 10 hours; every seventh has waited for 20 hours.
    const times = Array.from({ length: 90 }, (_, n) => HOUR * (1000 + 10 * n - (n % 7 === 0 ? 20 : 0)));
    await store.keepHistory(times.map((at, n) => kept(of, `text ${n}`, at)));
    // A few of them are not there any more.
    await store.expireHistory(HOUR * 1050, 1000);
    const left = times.flatMap((at, n) => (at < HOUR * 1050 ? [] : [{ at, number: n + 1 }]));
    for (const [from, until] of [
      [0, 5000],
      [1300, 1400],
      [1305, 1305],
      [1390, 1390],
      [1890, 2500],
      [0, 1060],
      [0, 10],
      [3000, 4000],
    ] as const) {
      const range = { ...EVER, ...of, from: from * HOUR, until: until * HOUR, most: 200 };
      const expected = left
        .filter(({ at }) => at >= range.from && at <= range.until)
        .map(({ number }) => number);
      for (const newest of [true, false]) {
        const { rows } = await store.historyPage({ ...range, newest });
        t.strictSame(
          rows.map(({ number }) => number),
          expected,
          `${from} to ${until}`,
        );
      }
      const found = await store.searchHistory({ ...range, text: 'text' });
      t.strictSame(
        found.rows.map(({ number }) => number),
        [...expected].reverse(),
      );
    }
  },

  'history: a search goes on where it has stopped': async (t, { store }) => {
    await store.openHistory();
    const of = pair();
    // All have the pairs, and only the oldest has the text.
    await store.keepHistory([kept(of, 'xyz abcab')]);
    for (let n = 0; n < MOST_LOOKED_AT + 100; n += 100)
      await store.keepHistory(Array.from({ length: 100 }, () => kept(of, 'bca abc')));
    const range = { ...EVER, ...of, text: folded('abcab') };
    const first = await store.searchHistory(range);
    t.strictSame(first.rows, []);
    t.ok(first.next !== undefined && first.next > 1, `${first.next}`);
    const second = await store.searchHistory({ ...range, below: first.next ?? 0 });
    t.strictSame(
      second.rows.map(({ number }) => number),
      [1],
    );
    t.equal(second.next, undefined);
    const some = await store.searchHistory({ ...range, text: folded('bca'), most: 3 });
    t.equal(some.rows.length, 3);
    t.equal(some.next, some.rows.at(-1)?.number, 'there may be more');
    const all = new Set<number>();
    for (let below: number | undefined = range.below; below !== undefined; ) {
      const found = await store.searchHistory({ ...range, text: folded('ab'), most: 200, below });
      for (const { number } of found.rows) all.add(number);
      below = found.next;
    }
    t.equal(all.size, MOST_LOOKED_AT + 101, 'all of them, each once');
  },

  'history: what is old goes, a few at a time, also from the index': async (t, { store }) => {
    await store.openHistory();
    while ((await store.expireHistory(Number.MAX_SAFE_INTEGER, 1000)) > 0);
    const of = pair();
    await store.keepHistory(Array.from({ length: 5 }, (_, at) => kept(of, `text ${at}`, at)));
    t.equal(await store.expireHistory(3, 2), 2);
    t.equal((await page(store, of)).length, 3);
    t.equal(await store.expireHistory(3, 2), 1);
    t.equal(await store.expireHistory(3, 2), 0);
    t.strictSame(await page(store, of), ['4 text 3', '5 text 4']);
    t.strictSame(await search(store, of, 'text'), ['5', '4']);
    await store.keepHistory([kept(of, 'text 5', 5)]);
    t.strictSame(await search(store, of, 'text'), ['6', '5', '4'], 'numbers go on');
  },

  'history: many at once, each numbered once': async (t, { store }) => {
    await store.openHistory();
    const [one, other, third] = [pair(), pair(), pair()];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.keepHistory([other, one, third, one].map((of) => kept(of, `many ${n}`))),
      ),
    );
    for (const [of, count] of [
      [one, 40],
      [other, 20],
      [third, 20],
    ] as const) {
      const rows = await page(store, of);
      t.strictSame(
        rows.map((row) => Number.parseInt(row, 10)),
        Array.from({ length: count }, (_, i) => i + 1),
      );
    }
  },
};
