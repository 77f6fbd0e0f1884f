import t from 'tap';
import { Pending } from './pending.js';

const sent = (text: string, home = 'a', userid = 1) => ({ userid, message: Buffer.from(text), home });

/** What dead nodes leave behind, as texts. */
function texts(pending: Pending, ...nodes: string[]): string[] {
  return pending.takeFrom(new Set(nodes)).map(({ userid, message }) => `${userid} ${message}`);
}

/** Adds a message that somebody received. */
function published(pending: Pending, key: number, message = `m ${key}`, home = 'a'): void {
  pending.add(key, sent(message, home));
  pending.answered(key, true);
}

t.test('what has no receipt comes back once, in order', async (t) => {
  const pending = new Pending();
  for (let key = 1; key <= 5; key++) published(pending, key);
  for (const key of [4, 2, 9]) pending.taken(key);
  t.same(texts(pending, 'b'), []);
  t.same(texts(pending, 'b', 'a'), ['1 m 1', '1 m 3', '1 m 5']);
  t.same(texts(pending, 'a'), []);
});

t.test('only what is with the dead node comes back', async (t) => {
  const pending = new Pending();
  published(pending, 1, 'x', 'a');
  published(pending, 2, 'y', 'b');
  t.same(texts(pending, 'b'), ['1 y']);
  t.same(texts(pending, 'a'), ['1 x']);
});

t.test('a receipt may come before the answer', async (t) => {
  const pending = new Pending();
  pending.add(1, sent('x'));
  pending.taken(1);
  pending.answered(1, true);
  t.same(texts(pending, 'a'), []);
});

t.test('what nobody received, and what was published after the death, does not come back', async (t) => {
  const pending = new Pending();
  pending.add(1, sent('nobody'));
  pending.answered(1, false);
  pending.add(2, sent('after'));
  t.same(texts(pending, 'a'), []);
  pending.answered(2, true);
  t.same(texts(pending, 'a'), []);
});

t.test('equal messages are counted', async (t) => {
  const pending = new Pending();
  for (let i = 0; i < 4; i++) published(pending, 1, 'x');
  pending.add(1, sent('x'));
  pending.answered(1, false);
  pending.taken(1);
  t.same(texts(pending, 'a'), ['1 x', '1 x', '1 x']);
});

t.test('what is old is forgotten', async (t) => {
  const pending = new Pending();
  published(pending, 1);
  pending.nextRound(2);
  published(pending, 2);
  pending.nextRound(2);
  t.same(texts(pending, 'a'), ['1 m 2']);
});

t.test('count and bytes are bounded: the oldest goes', async (t) => {
  const many = new Pending();
  for (let key = 0; key < 100_002; key++) published(many, key, '');
  t.equal(texts(many, 'a').length, 100_000);
  const large = new Pending();
  for (let key = 0; key < 70; key++) published(large, key, `${key} `.padEnd(1_048_576));
  const kept = texts(large, 'a').map((text) => text.trim());
  t.equal(kept.length, 64);
  t.equal(kept[0], '1 6');
});

t.test('a message is kept without the buffer it is a part of', async (t) => {
  const pending = new Pending();
  const read = Buffer.alloc(65_536, 'x');
  pending.add(1, { userid: 1, message: read.subarray(0, 10), home: 'a' });
  pending.answered(1, true);
  read.fill('y');
  t.same(texts(pending, 'a'), ['1 xxxxxxxxxx']);
});
