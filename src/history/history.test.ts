import { pino } from 'pino';
import t from 'tap';
import { onUnexpected } from '../net/guard.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { HISTORY_PAGE, type KeptMessage, ofUsers } from '../store/history.js';
import { StoreUnavailable } from '../store/store.js';
import { History } from './history.js';

const log = pino({ level: 'silent' });
const ALL = { above: 0, below: 2 ** 32, from: 0, until: Number.MAX_SAFE_INTEGER, most: 200, newest: false };

/** A history in a database of its own, where what is written can be refused. */
function open(refuse: (messages: readonly KeptMessage[]) => Error | undefined = () => undefined) {
  const store = openEmbedded(':memory:');
  const counts = { kept: 0, missed: 0 };
  const keepHistory = async (messages: readonly KeptMessage[]) => {
    const error = refuse(messages);
    if (error !== undefined) throw error;
    await store.keepHistory(messages);
  };
  const history = new History({ store: { ...store, keepHistory }, days: 1, texts: ['msg'], log, counts });
  const texts = async () => {
    const { rows } = await store.historyPage({ ...ALL, ...ofUsers(1, 2), member: undefined });
    return rows.map(({ document }) => JSON.parse(document).msg.trim());
  };
  const add = (msg: string, to = 2) =>
    history.add({ conversation: ofUsers(1, to), to, bytes: Buffer.from(JSON.stringify({ msg })) });
  return { store, history, counts, texts, add };
}

t.test('what waits is written at the close, in order, but for nobody', async (t) => {
  const { store, history, counts, texts, add } = open();
  t.teardown(() => store.close());
  await store.register('one', 'pw');
  await store.register('two', 'pw');
  const all = Array.from({ length: 250 }, (_, n) => `${n}`);
  for (const text of all) add(text);
  add('nobody', 3);
  await history.close();
  t.same(await texts(), all.slice(0, 200), 'a page of them');
  t.same(counts, { kept: 250, missed: 0 });
  const none = await store.historyPage({ ...ALL, ...ofUsers(1, 3), member: undefined });
  t.same(none.rows, []);
});

t.test('what waits is bounded: the history has a gap, and is whole before it', async (t) => {
  let isAway = true;
  const { store, history, counts, texts, add } = open(() =>
    isAway ? new StoreUnavailable('away') : undefined,
  );
  t.teardown(() => store.close());
  await store.register('one', 'pw');
  await store.register('two', 'pw');
  const long = ' '.repeat(100_000);
  for (let n = 0; n < 200; n++) add(`${n}${long}`);
  t.ok(history.waiting > 50 && history.waiting < 90, `${history.waiting} messages of 100,000 bytes`);
  const { waiting } = history;
  t.equal(counts.missed, 200 - waiting);
  isAway = false;
  await history.close();
  t.equal(counts.kept, waiting);
  const found = await texts();
  t.same(
    found,
    found.map((_, n) => `${n}`),
  );
});

t.test('a message that can never be written, or is too long, costs no other', async (t) => {
  const told: unknown[] = [];
  t.teardown(onUnexpected((error) => told.push(error)));
  const isEvil = ({ document }: KeptMessage) => document.includes('evil');
  const { store, history, counts, texts, add } = open((messages) =>
    messages.some(isEvil) ? new Error('refused') : undefined,
  );
  t.teardown(() => store.close());
  await store.register('one', 'pw');
  await store.register('two', 'pw');
  for (const text of ['a', 'evil', 'b', 'x'.repeat(HISTORY_PAGE), 'c']) add(text);
  await history.close();
  t.same(await texts(), ['a', 'b', 'c']);
  t.same(counts, { kept: 3, missed: 2 });
  t.equal(told.length, 1);
});

t.test('a database that stays away loses what waits at the close, and that is counted', async (t) => {
  const { store, history, counts, add } = open(() => new StoreUnavailable('away'));
  t.teardown(() => store.close());
  await store.register('one', 'pw');
  await store.register('two', 'pw');
  for (let n = 0; n < 5; n++) add(`${n}`);
  await history.close();
  t.same(counts, { kept: 0, missed: 5 });
});

t.test(
  'long messages are written a few at once: each character of theirs is a row of the index',
  async (t) => {
    const batches: string[][] = [];
    const { store, history, texts, add } = open((messages) => {
      batches.push(messages.map(({ text }) => text));
      return undefined;
    });
    t.teardown(() => store.close());
    await store.register('one', 'pw');
    await store.register('two', 'pw');
    const all = Array.from({ length: 200 }, (_, n) => (n < 100 ? `${n}${'x'.repeat(990)}` : `${n}`));
    for (const text of all) add(text);
    await history.close();
    for (const batch of batches) {
      const { length } = batch.join('');
      t.ok(length <= 20_000, `${batch.length} messages of ${length} characters`);
    }
    t.same(batches.at(-1)?.length, 100, 'short ones together');
    t.same(await texts(), all);
  },
);

t.test('a page with times looks at a few thousand numbers at once, and goes on', async (t) => {
  const { store, history } = open();
  t.teardown(() => store.close());
  const of = ofUsers(1, 2);
  await store.openHistory();
  const kept = Array.from({ length: 12_500 }, (_, n) => ({ ...of, at: n, document: `{"n":${n}}`, text: '' }));
  await store.keepHistory(kept);
  const read: number[] = [];
  const page = (range: object) =>
    new History({
      store: {
        ...store,
        historyPage: async (page) => {
          const found = await store.historyPage(page);
          read.push(found.rows.length);
          return found;
        },
      },
      ...{ days: 1, texts: ['msg'], log, counts: { kept: 0, missed: 0 } },
    }).page({ ...ALL, ...of, member: undefined, ...range });
  for (const [newest, from, reads] of [
    [true, 3, 3],
    [false, 12_000, 3],
    [true, 12_000, 1],
    [false, 3, 1],
    [true, 20_000, 3],
  ] as const) {
    read.length = 0;
    const { rows } = await page({ newest, from, until: from + 1 });
    t.same(
      rows.map(({ at }) => at),
      from < 12_500 ? [from, from + 1] : [],
    );
    t.equal(read.length, reads, `${from}, ${newest ? 'from the end' : 'from the beginning'}`);
  }
  await history.close();
});

t.test('a message that waits is taken back by its number, and no document is read for that', async (t) => {
  const { store, history, texts } = open();
  t.teardown(() => store.close());
  await store.register('one', 'pw');
  await store.register('two', 'pw');
  const add = (msg: string, numbered?: { userid: number; seq: number }) =>
    history.add({
      ...{ conversation: ofUsers(1, 2), to: 2, numbered },
      bytes: Buffer.from(JSON.stringify({ msg, nested: { seq: 7 } })),
    });
  add('stays');
  add('of the other', { userid: 2, seq: 7 });
  add('another one', { userid: 1, seq: 70 });
  add('goes', { userid: 1, seq: 7 });
  const read: string[] = [];
  await history.recall(ofUsers(1, 2), 0, { userid: 1, seq: 7 }, (document) => read.push(document) === 0);
  await history.close();
  t.same(await texts(), ['stays', 'of the other', 'another one']);
  t.same(read, []);
});
