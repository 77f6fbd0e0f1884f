import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { Message } from '../bus/message.js';
import { onUnexpected } from '../net/guard.js';
import {
  type Refusal,
  type Store,
  type StoredMessage,
  StoreStuck,
  StoreUnavailable,
  UnstorableMessage,
} from '../store/store.js';
import { Writer } from './writer.js';

/** How a call of the store ends: it takes all but those that can never be stored, it is away, or a row is locked. */
type Ending = 'takes' | 'away' | 'locked';

/** The one table that a writer fills. A message that begins with `!` can never be stored. */
class Table {
  readonly rows: string[] = [];
  readonly calls: number[] = [];
  /** Users whose rows others have locked. */
  readonly locked = new Set<number>();
  private readonly endings: Ending[];
  /** The promise that a call waits for. */
  gate: Promise<void> = Promise.resolve();

  constructor(endings: readonly Ending[] = []) {
    this.endings = [...endings];
  }

  get store(): Store {
    return { storeMessages: (messages) => this.take(messages) } as Partial<Store> as Store;
  }

  private async take(messages: readonly StoredMessage[]): Promise<Refusal[]> {
    this.calls.push(messages.length);
    await this.gate;
    await turn();
    const ending = this.endings.shift();
    if (ending === 'away') throw new StoreUnavailable('it is away');
    const isLocked = messages.some(({ userid }) => this.locked.has(userid));
    if (isLocked || ending === 'locked') throw new StoreStuck('a row is locked');
    const refused: Refusal[] = [];
    for (const [index, { userid, message }] of messages.entries()) {
      if (`${message}`.startsWith('!')) refused.push({ index, reason: new UnstorableMessage('bad') });
      else this.rows.push(`${userid} ${message}`);
    }
    return refused;
  }
}

/** Counts how often each message was done. */
class Counted {
  readonly message: Message;
  times = 0;

  constructor(text: string) {
    this.message = Message.received(Buffer.from(text), () => this.times++);
  }
}

const message = (text: string) => Message.received(Buffer.from(text), () => {});

function scene(table: Table) {
  const told = { stored: [] as number[], refused: 0, away: [] as boolean[], stuck: [] as number[] };
  const traced: string[] = [];
  const writer = new Writer(table.store, 0, (place, userid, text) =>
    traced.push(`${userid} ${text} ${place}`),
  );
  writer.tell({
    stored: (userids) => told.stored.push(...userids),
    refused: () => told.refused++,
    away: (reason) => told.away.push(reason !== undefined),
    stuck: (userid) => told.stuck.push(userid),
  });
  return { writer, told, traced };
}

const aText = fc.stringMatching(/^[!a-z][a-z]{0,5}$/);
const aCall = fc.record({ userid: fc.integer({ min: 1, max: 3 }), texts: fc.array(aText, { maxLength: 5 }) });
const endings = fc.array(fc.constantFrom<Ending[]>('takes', 'away'), { maxLength: 8 });

t.test('whatever the store does: each message once, in order, and everyone is told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aCall), endings, fc.boolean(), async (calls, endings, together) => {
      const table = new Table(endings);
      const { writer, told } = scene(table);
      const messages: Counted[] = [];
      const waits: Promise<void>[] = [];
      for (const { userid, texts } of calls) {
        const mine = texts.map((text) => new Counted(text));
        messages.push(...mine);
        const { stored, released } = writer.storeFor(
          userid,
          mine.map((one) => one.message),
        );
        waits.push(
          stored.then(() =>
            assert.ok(
              mine.every(({ times }) => times === 1),
              'stored: all are done',
            ),
          ),
        );
        waits.push(released);
        if (!together) await turn();
      }
      await Promise.all(waits);
      const wanted = calls.flatMap(({ userid, texts }) => texts.map((text) => ({ userid, text })));
      const good = wanted.filter(({ text }) => !text.startsWith('!'));
      assert.deepEqual(
        table.rows,
        good.map(({ userid, text }) => `${userid} ${text}`),
      );
      assert.ok(
        messages.every(({ times }) => times === 1),
        'each is done once',
      );
      assert.equal(told.refused, wanted.length - good.length);
      assert.deepEqual(new Set(told.stored), new Set(good.map(({ userid }) => userid)));
      assert.equal(writer.length, 0);
      assert.equal(told.away.length % 2, 0, 'away, back, away, back');
    }),
  );
});

const someLocked = fc.array(fc.constantFrom<Ending[]>('takes', 'away', 'locked'), { maxLength: 12 });

t.test('whatever is locked: each message once, in the order of its user', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aCall), someLocked, fc.boolean(), async (calls, endings, together) => {
      const table = new Table(endings);
      const { writer } = scene(table);
      const waits: Promise<void>[] = [];
      for (const { userid, texts } of calls) {
        const { stored, released } = writer.storeFor(userid, texts.map(message));
        waits.push(stored, released);
        if (!together) await turn();
      }
      await Promise.all(waits);
      assert.equal(writer.length, 0);
      for (const user of [1, 2, 3]) {
        const wanted = calls.flatMap(({ userid, texts }) => (userid === user ? texts : []));
        assert.deepEqual(
          table.rows.filter((row) => row.startsWith(`${user} `)),
          wanted.filter((text) => !text.startsWith('!')).map((text) => `${user} ${text}`),
        );
      }
    }),
  );
});

t.test('one user whose rows are locked keeps nobody else waiting, and is not lost', async (t) => {
  const table = new Table();
  const { writer, told } = scene(table);
  table.locked.add(7);
  const users = Array.from({ length: 20 }, (_, n) => n + 1);
  const calls = users.map((userid) => ({
    userid,
    ...writer.storeFor(userid, [message('a'), message('b')]),
  }));
  await Promise.all(calls.filter(({ userid }) => userid !== 7).map(({ stored }) => stored));
  await Promise.all(calls.map(({ released }) => released));
  t.same(told.stuck, [7], 'told once');
  t.same(told.away, [], 'the store is there');
  t.ok(writer.isStuck(7));
  await writer.unlessStuck(7, new Promise(() => {}));
  t.same(
    [...writer.all()].map(([userid, { bytes }]) => `${userid} ${bytes}`),
    ['7 a', '7 b'],
  );
  const later = writer.storeFor(7, [message('c')]);
  await later.released;
  await writer.storeFor(8, [message('c')]).stored;
  table.locked.clear();
  await later.stored;
  t.same(
    table.rows.filter((row) => row.startsWith('7')),
    ['7 a', '7 b', '7 c'],
  );
  await turn();
  t.notOk(writer.isStuck(7));
});

t.test('closing tries what is locked once more, and tells by its length what is left', async (t) => {
  const table = new Table();
  const { writer } = scene(table);
  table.locked.add(1);
  await writer.storeFor(1, [message('a')]).released;
  await writer.close();
  t.equal(writer.length, 1);
});

t.test('what comes while a call is under way goes together with the next', async (t) => {
  const table = new Table();
  let open = () => {};
  table.gate = new Promise((resolve) => (open = resolve));
  const { writer } = scene(table);
  writer.storeFor(1, [message('a')]);
  await turn();
  for (let n = 0; n < 10; n++) writer.storeFor(n, [message('b')]);
  open();
  await writer.close();
  t.same(table.calls, [1, 10]);
});

t.test('a call holds at most 1,000 messages, and 1 MiB unless one alone has more', async (t) => {
  const table = new Table();
  const { writer } = scene(table);
  const large = 'x'.repeat(700_000);
  writer.storeFor(1, [large, large, large.repeat(2), 'x', 'x'].map(message));
  writer.storeFor(
    1,
    Array.from({ length: 2500 }, () => message('y')),
  );
  await writer.close();
  t.same(table.calls, [1, 1, 1, 1000, 1000, 502]);
});

t.test('nobody waits for a store that is away', async (t) => {
  const table = new Table(Array(1000).fill('away'));
  const { writer } = scene(table);
  const { released } = writer.storeFor(1, [message('a')]);
  const waits = writer.unlessAway(new Promise(() => {}));
  await released;
  await waits;
  t.ok(writer.away);
  await writer.storeFor(1, [message('b')]).released;
  await writer.unlessAway(new Promise(() => {}));
});

t.test('closing tries a store that is away once more, and tells by its length what is left', async (t) => {
  for (const [endings, left] of [
    [['away', 'away', 'away'], 1],
    [['away', 'takes'], 0],
  ] as const) {
    const table = new Table(endings);
    const { writer } = scene(table);
    await writer.storeFor(1, [message('a')]).released;
    await writer.close();
    t.equal(writer.length, left);
  }
});

t.test('an error of the store that nobody knows loses nothing', async (t) => {
  const table = new Table();
  const { store } = table;
  let isBroken = true;
  const broken = {
    ...store,
    storeMessages: (messages: readonly StoredMessage[]) => {
      if (!isBroken) return store.storeMessages(messages);
      isBroken = false;
      return Promise.reject(new TypeError('nobody thought of this'));
    },
  };
  const events = { stored: () => {}, refused: () => {}, away: () => {}, stuck: () => {} };
  const writer = new Writer(broken, 0);
  writer.tell(events);
  await writer.storeFor(1, [message('a'), message('b')]).stored;
  t.same(table.rows, ['1 a', '1 b']);
});

t.test('what can never be stored is not told as stored', async (t) => {
  const { writer, told, traced } = scene(new Table());
  writer.storeFor(1, [message('!bad'), message('good')]);
  writer.storeFor(2, [message('!bad')]);
  await writer.storeFor(3, [message('good')]).stored;
  await writer.storeFor(4, [message('!bad')]).stored;
  t.same(told.stored, [1, 3]);
  t.equal(told.refused, 3);
  t.same(traced, ['1 good is in the database', '3 good is in the database']);
});

t.test('a message is told whether it is stored, or never can be', async (t) => {
  const writer = new Writer(new Table([]).store, 0);
  const told: unknown[] = [];
  const asked = (text: string) =>
    Message.received(Buffer.from(text), (userid, how) => told.push([userid, how]));
  await writer.storeFor(1, [asked('good'), asked('!bad'), asked('good too')]).stored;
  t.same(told, [
    [1, 'stored'],
    [1, 'never'],
    [1, 'stored'],
  ]);
});

t.test('who throws at what it is told stops nothing, and nothing is stored twice', async (t) => {
  const table = new Table(['away']);
  const broken = () => {
    throw new TypeError('nobody thought of this');
  };
  const errors: unknown[] = [];
  t.teardown(onUnexpected((error) => errors.push(error)));
  const writer = new Writer(table.store, 0);
  writer.tell({ stored: broken, refused: broken, away: broken, stuck: broken });
  table.locked.add(1);
  const stuck = writer.storeFor(1, [message('locked')]);
  await Promise.all([
    writer.storeFor(2, [message('!bad'), message('a')]).stored,
    writer.storeFor(3, [Message.received(Buffer.from('b'), broken), message('c')]).stored,
    stuck.released,
  ]);
  await writer.storeFor(2, [message('d')]).stored;
  table.locked.clear();
  await stuck.stored;
  await writer.close();
  t.equal(writer.length, 0);
  t.same(table.rows.sort(), ['1 locked', '2 a', '2 d', '3 b', '3 c']);
  t.ok(errors.length >= 5 && errors.every((error) => error instanceof TypeError));
});
