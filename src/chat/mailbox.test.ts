import t from 'tap';
import { openEmbedded } from '../store/embedded/embedded.js';
import { type Store, type StoredMessage, StoreUnavailable, UnstorableMessage } from '../store/store.js';
import { Mailbox } from './mailbox.js';

/** A real store that can be taken away, and that refuses a certain text. */
function faulty() {
  const store = openEmbedded(':memory:');
  const state = { away: false, calls: 0 };
  const storeMessages = async (messages: readonly StoredMessage[]) => {
    state.calls++;
    if (state.away) throw new StoreUnavailable('away');
    const isStorable = ({ message }: StoredMessage) => String(message) !== 'cannot be stored';
    await store.storeMessages(messages.filter(isStorable));
    return messages.flatMap((message, index) =>
      isStorable(message) ? [] : [{ index, reason: new UnstorableMessage('refused') }],
    );
  };
  return { store: { ...store, storeMessages } satisfies Store, state };
}

function mailbox(store: Store, maxKept = 1000) {
  const lost: number[] = [];
  const away: boolean[] = [];
  const stored: number[] = [];
  const box = new Mailbox(
    store,
    { maxKept, retry: 1 },
    {
      stored: (userids) => stored.push(...userids),
      lost: (count) => lost.push(count),
      away: (isAway) => away.push(isAway),
    },
  );
  return { box, lost, away, stored };
}

t.test('stores in order, many in one call', async (t) => {
  const { store, state } = faulty();
  const { box, stored } = mailbox(store);
  await Promise.all(Array.from({ length: 100 }, (_, n) => box.add(1, Buffer.from(`${n}`))));
  t.same(
    await store.storedMessages(1),
    Array.from({ length: 100 }, (_, n) => `${n}`),
  );
  t.ok(state.calls <= 2, 'the first alone, the others together');
  t.ok(stored.includes(1));
});

t.test('keeps messages while the database is away, and nobody waits for them', async (t) => {
  const { store, state } = faulty();
  const { box, away, lost } = mailbox(store);
  state.away = true;
  await box.add(1, Buffer.from('a'));
  await box.add(1, Buffer.from('b'));
  t.equal(box.kept, 2);
  state.away = false;
  t.equal(await box.close(), 0);
  t.same(await store.storedMessages(1), ['a', 'b']);
  t.same([away, lost], [[true, false], []]);
});

t.test('what is over the limit is lost, and said', async (t) => {
  const { store, state } = faulty();
  const { box, lost } = mailbox(store, 10);
  state.away = true;
  await box.add(1, Buffer.alloc(8));
  await box.add(1, Buffer.alloc(8));
  t.same(lost, [1]);
  t.equal(await box.close(), 1);
});

t.test('a message that cannot be stored takes no other with it', async (t) => {
  const { store } = faulty();
  const { box, lost } = mailbox(store);
  await Promise.all(['a', 'cannot be stored', 'b'].map((text) => box.add(1, Buffer.from(text))));
  t.same(await store.storedMessages(1), ['a', 'b']);
  t.same(lost, [1]);
});

t.test('closed with nothing to do, it still stores what comes after', async (t) => {
  const { store } = faulty();
  const { box } = mailbox(store);
  t.equal(await box.close(), 0);
  await box.add(1, Buffer.from('late'));
  t.equal(await box.close(), 0);
  t.same(await store.storedMessages(1), ['late']);
});

t.test('closed while the database is away, it says how many are not stored', async (t) => {
  const { store, state } = faulty();
  const { box } = mailbox(store);
  state.away = true;
  await box.add(1, Buffer.from('a'));
  t.equal(await box.close(), 1);
});
