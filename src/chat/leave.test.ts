import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openRoom, type RoomOptions } from '../../compat-tests/harness/room.js';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { InProcessHub } from '../bus/in-process.js';
import { Message } from '../bus/message.js';
import { Account, Budget } from '../net/budget.js';
import { StoreStuck, StoreUnavailable } from '../store/store.js';
import { arrive } from './arrive.js';
import { catchUp } from './catch-up.js';
import { leave, leaveWithNode } from './leave.js';
import { shutdown } from './shutdown.js';

const ID = 1;
const account = new Account(new Budget(1 << 28));

/** A user who is live in a room, and its client. */
async function live(t: Test, options?: RoomOptions) {
  const chat = await openRoom(t, options);
  await chat.store.register('somebody', 'pw');
  const user = await chat.store.user(ID);
  if (user === undefined || !(await arrive(chat, user))) throw new Error('it did not get in');
  const session = chat.presence.get(ID);
  if (session === undefined) throw new Error('it is not here');
  const client = new UnreadClient();
  session.enter(client.connection, (behind) => catchUp(chat, behind));
  catchUp(chat, session);
  const state = async () => (await chat.store.user(ID))?.state;
  return { chat, client, session, state };
}

t.test('who leaves is offline, away, and not subscribed any more', async (t) => {
  const { chat, session, state } = await live(t);
  t.equal(await state(), 'online');
  t.equal(await chat.bus.subscribers(ID), 1);
  await leave(chat, ID);
  t.equal(await state(), 'offline');
  t.equal(session.state, 'leaving');
  t.equal(chat.presence.get(ID), undefined);
  t.equal(await chat.bus.subscribers(ID), 0);
});

t.test(
  'what was not sent is stored before its state is offline; what comes meanwhile goes behind it',
  async (t) => {
    const order: string[] = [];
    const { chat, client } = await live(t, {
      before: (store) => ({
        storeMessages: (messages) => {
          order.push(...messages.map(({ message }) => `${message}`));
          return store.storeMessages(messages);
        },
        goOffline: (ids) => {
          order.push('offline');
          return store.goOffline(ids);
        },
      }),
    });
    const say = (text: string) => chat.delivery.deliver(ID, Buffer.from(text), account);
    say('being written');
    await turn();
    say('waits');
    const left = leave(chat, ID);
    say('comes meanwhile');
    client.takeWrite();
    await left;
    t.same(order, ['waits', 'comes meanwhile', 'offline']);
    t.same(client.writes, ['being written']);
  },
);

t.test('who is written to without an end leaves all the same, and all of it is stored', async (t) => {
  let written = 0;
  let write = () => {};
  const { chat, state } = await live(t, {
    before: (store) => ({
      storeMessages: (messages) => {
        write();
        return store.storeMessages(messages);
      },
    }),
  });
  // Whoever knows that the user is here writes on as soon as the last of it is taken.
  const { bus } = chat;
  const forget = bus.forget.bind(bus);
  bus.forget = (userids) => {
    write = () => {};
    return forget(userids);
  };
  write = () => chat.delivery.put(ID, Message.kept(Buffer.from(`${++written}`), account));
  const left = leave(chat, ID);
  write();
  await left;
  t.equal(await state(), 'offline');
  t.equal((await chat.store.storedMessages(ID)).length, written);
});

t.test(
  'a client that does not take what was being written is cut off, and finds it at its next login',
  async (t) => {
    const { chat, client } = await live(t);
    chat.delivery.deliver(ID, Buffer.from('being written'), account);
    await turn();
    await leave(chat, ID, 0);
    t.ok(client.destroyed);
    t.same(await chat.store.storedMessages(ID), ['being written']);
  },
);

t.test('nobody waits for a database that is away: the state is set when it is back', async (t) => {
  const site = { isAway: true, set: () => {} };
  const isSet = new Promise<void>((resolve) => {
    site.set = resolve;
  });
  const { chat, state } = await live(t, {
    before: (store) => ({
      goOffline: async (ids) => {
        if (site.isAway) throw new StoreUnavailable('away');
        await store.goOffline(ids);
        site.set();
      },
    }),
  });
  await leave(chat, ID);
  t.equal(chat.presence.get(ID), undefined);
  t.equal(await state(), 'online');
  t.equal(chat.changes.count, 1);
  site.isAway = false;
  await isSet;
  t.equal(await state(), 'offline');
});

t.test('who has left already leaves once', async (t) => {
  let count = 0;
  const { chat } = await live(t, {
    before: (store) => ({
      goOffline: (ids) => {
        count++;
        return store.goOffline(ids);
      },
    }),
  });
  await Promise.all([leave(chat, ID), leave(chat, ID)]);
  await leave(chat, ID);
  t.equal(count, 1);
});

/** A slow consumer whose messages are being stored, and who has read them all when that is known. */
async function readWhileStored(t: Test, before: NonNullable<RoomOptions['before']>, more: RoomOptions = {}) {
  const room = await live(t, { ...more, before });
  const { chat, session, client } = room;
  session.send(Buffer.from('first'));
  await turn();
  session.setSlow(true);
  session.fallBehind();
  for (let n = 0; n < 40; n++) chat.delivery.deliver(ID, Buffer.from(`${n}${'x'.repeat(20_000)}`), account);
  while (chat.writer.length === 0) await turn();
  while (!session.hasSentStored) {
    client.takeWrite();
    await turn();
  }
  return room;
}

t.test('what has left while it is being stored does not come again', async (t) => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const { chat } = await readWhileStored(t, (store) => ({
    storeMessages: async (messages) => {
      await gate;
      return store.storeMessages(messages);
    },
  }));
  const left = leave(chat, ID);
  // Whatever is done before it is stored is done now.
  for (let n = 0; n < 20; n++) await turn();
  open();
  await left;
  const stored = await chat.store.storedMessages(ID);
  t.notOk(stored.includes('first'));
});

t.test('nor when the database takes it only after the user has left', async (t) => {
  let isAway = true;
  const removed: string[] = [];
  const { chat } = await readWhileStored(t, (store) => ({
    storeMessages: async (messages) => {
      if (isAway) throw new StoreUnavailable('away');
      return store.storeMessages(messages);
    },
    removeMessages: async (userid, texts) => {
      await store.removeMessages(userid, texts);
      removed.push(...texts);
    },
  }));
  await leave(chat, ID);
  isAway = false;
  while (chat.writer.length > 0 || !removed.includes('first')) await turn();
  const stored = await chat.store.storedMessages(ID);
  t.notOk(stored.includes('first'));
});

/** Stops the node of such a consumer, whose messages the database takes only then. Returns what is stored in the end. */
async function stopWhileStored(
  t: Test,
  before: NonNullable<RoomOptions['before']>,
): Promise<readonly string[]> {
  const stopping = new AbortController();
  const { chat, session } = await readWhileStored(t, before, { stopping });
  leaveWithNode(chat, session);
  stopping.abort();
  t.equal(await shutdown(chat, 60_000, 0), 0, 'nothing is lost');
  return await chat.store.storedMessages(ID);
}

t.test('nor when the node stops while it is being stored', async (t) => {
  const stored = await stopWhileStored(t, (store) => ({
    storeMessages: async (messages) => {
      for (let n = 0; n < 200; n++) await turn();
      return store.storeMessages(messages);
    },
  }));
  t.ok(stored.length > 0);
  t.notOk(stored.includes('first'));
});

t.test('nor when the database takes it only as the last thing at a stop', async (t) => {
  let isLocked = true;
  const stored = await stopWhileStored(t, (store) => ({
    storeMessages: async (messages) => {
      if (isLocked) throw new StoreStuck('locked');
      return store.storeMessages(messages);
    },
    goOffline: (ids) => {
      isLocked = false;
      return store.goOffline(ids);
    },
  }));
  t.ok(stored.length > 0);
  t.notOk(stored.includes('first'));
});

t.test('nor when its user has left before the stop', async (t) => {
  let isLocked = true;
  const stopping = new AbortController();
  const { chat } = await readWhileStored(
    t,
    (store) => ({
      storeMessages: async (messages) => {
        if (isLocked) throw new StoreStuck('locked');
        return store.storeMessages(messages);
      },
    }),
    { stopping },
  );
  await leave(chat, ID);
  stopping.abort();
  isLocked = false;
  t.equal(await shutdown(chat, 60_000, 0), 0, 'nothing is lost');
  t.notOk((await chat.store.storedMessages(ID)).includes('first'));
});

t.test('who is said to come to another node goes only where a second login takes over', async (t) => {
  for (const [dialect, state] of [
    ['original', 'live'],
    ['docs/dialects/Minus-cell.json', 'leaving'],
  ] as const) {
    const hub = new InProcessHub();
    const { session, chat } = await live(t, { hub, dialect });
    const other = await openRoom(t, { hub, store: chat.store });
    // Messages that the other node may have stored before are looked for.
    while (session.state !== 'live') await turn();
    other.bus.tellTaken(ID);
    for (let n = 0; n < 100; n++) await turn();
    t.equal(session.state, state, dialect);
  }
});
