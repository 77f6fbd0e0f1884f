import { parse } from '../../src/json/parse.js';
import type { Contract } from './open-store.js';

/** Stored messages. */
export const messages: Contract = {
  'stored messages: kept in order until removed': async (t, { store }) => {
    t.strictSame(await store.storedMessages(1), []);
    await store.storeMessages([]);
    await store.storeMessages([
      { userid: 1, message: '{"n":1}' },
      { userid: 2, message: '{"n":2}' },
    ]);
    await store.storeMessages([
      { userid: 1, message: '{"n":3}' },
      { userid: 1, message: '{"n":1}' },
    ]);
    const all = ['{"n":1}', '{"n":3}', '{"n":1}'];
    t.strictSame(await store.storedMessages(1), all);
    t.strictSame(await store.storedMessages(1), all, 'reading leaves them');
    t.strictSame(await store.storedMessages(1, 2), all.slice(0, 2));
    await store.removeMessages(1, all);
    t.strictSame(await store.storedMessages(1), []);
    t.strictSame(await store.storedMessages(2), ['{"n":2}']);
  },

  'stored messages: as many as 2,500 at once': async (t, { store }) => {
    const message = (i: number) => `{"msg":"${'x'.repeat(450)}","n":${i % 2400}}`;
    const messages = Array.from({ length: 2500 }, (_, i) => ({ userid: 1, message: message(i) }));
    await store.storeMessages(messages);
    const read = await store.storedMessages(1);
    t.strictSame(
      read,
      messages.map(({ message }) => message),
    );
    await store.storeMessages([{ userid: 1, message: message(0) }]);
    await store.removeMessages(1, read);
    t.strictSame(await store.storedMessages(1), [message(0)]);
  },

  'removeMessages: those that were read and none that came later': async (t, { store, database }) => {
    const [a, b, c] = ['{"msg":"a"}', '{"msg":"b"}', '{"msg":"c"}'] as const;
    const others = ['{"msg":"A"}', '{"msg":"a"} ', '{"msg":"\\u00e1"}'];
    const store1 = (...texts: string[]) =>
      store.storeMessages(texts.map((message) => ({ userid: 1, message })));
    await store1(a, b, a, ...others);
    await store1(a, c);
    await store.storeMessages([{ userid: 2, message: a }]);
    await store.removeMessages(1, [a, b, a]);
    t.strictSame(
      await store.storedMessages(1),
      [...others, a, c],
      'one equal text came later, others are not equal',
    );
    await store.removeMessages(1, [a, 'never stored']);
    await store.removeMessages(1, []);
    t.strictSame(await store.storedMessages(1), [...others, c]);
    await store1(a, a);
    await store.removeMessages(1, [a, 'gone meanwhile']);
    t.strictSame(await store.storedMessages(1), [...others, c, a], 'an equal text does not go for another');
    await store.removeMessages(1, [a]);
    t.strictSame(await store.storedMessages(1), [...others, c]);
    t.equal((await database.rows()).offlinemessage.length, 5);
  },

  'any text survives as a document that reads the same': async (t, { store }) => {
    const texts = [
      '你好',
      '你好吗',
      '😀',
      'héllo',
      `it's`,
      'say "hi"',
      'back\\slash',
      'line\nbreak',
      '\u0000\u007f',
      ' ',
      '',
    ];
    const messages = texts.map((msg) => ({ userid: 1, message: JSON.stringify({ id: 1, msg }) }));
    await store.storeMessages(messages);
    const stored = await store.storedMessages(1);
    t.strictSame(
      stored.map((text) => parse(Buffer.from(text))),
      messages.map(({ message }) => parse(Buffer.from(message))),
    );
    await store.removeMessages(1, stored);
    t.strictSame(await store.storedMessages(1), []);
  },

  'a long text survives, whole or in parts': async (t, { store }) => {
    const msg = '你好 "😀" \\ '.repeat(2000);
    await store.storeMessages([{ userid: 1, message: JSON.stringify({ id: 1, msg, time: 'now' }) }]);
    const stored = (await store.storedMessages(1)).map((text) => JSON.parse(text));
    t.equal(stored.map((part) => part.msg).join(''), msg);
    for (const part of stored) t.strictSame({ ...part, msg: '' }, { id: 1, msg: '', time: 'now' });
  },
};
