import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openRoom, type RoomOptions } from '../../compat-tests/harness/room.js';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { Message } from '../bus/message.js';
import { Account, Budget } from '../net/budget.js';
import { onUnexpected } from '../net/guard.js';
import { StoreUnavailable } from '../store/store.js';
import { catchUp } from './catch-up.js';

const ID = 1;
const account = new Account(new Budget(1 << 28));
const kept = (text: string) => Message.kept(Buffer.from(text), account);

/** A user of a room whose login reply has just been sent, and its client. */
async function arrived(t: Test, options?: RoomOptions) {
  const chat = await openRoom(t, options);
  await chat.store.register('somebody', 'pw');
  const client = new UnreadClient();
  const session = chat.presence.arrive(ID);
  session.enter(client.connection, (behind) => catchUp(chat, behind));
  /** The client reads until nothing comes any more. */
  const readAll = async () => {
    for (let idle = 0; idle < 20; idle++) {
      await turn();
      const before = client.writes.length;
      client.takeWrite();
      if (client.writes.length > before) idle = 0;
    }
    return client.writes.join('');
  };
  return { chat, client, session, readAll };
}

t.test('who has nothing to catch up with is live at once', async (t) => {
  const { chat, session } = await arrived(t);
  catchUp(chat, session);
  t.equal(session.state, 'live');
  t.equal(session.catchingUp, undefined);
});

t.test(
  'what is stored comes first, then what waits, then what comes; what has left is deleted',
  async (t) => {
    const { chat, session, readAll } = await arrived(t);
    await chat.store.storeMessages([{ userid: ID, message: 'stored.' }]);
    session.markUnread('yes');
    chat.delivery.put(ID, kept('waits.'));
    catchUp(chat, session);
    t.equal(session.state, 'catchingUp');
    chat.delivery.deliver(ID, Buffer.from('comes.'), account);
    t.equal(await readAll(), 'stored.waits.comes.');
    t.equal(session.state, 'live');
    t.same(await chat.store.storedMessages(ID), []);
  },
);

t.test('what was handed over at the login comes before what waits', async (t) => {
  const { chat, session, readAll } = await arrived(t);
  chat.delivery.put(ID, kept('waits.'));
  let end = () => {};
  catchUp(chat, session, new Promise((resolve) => (end = resolve)));
  t.equal(await readAll(), '');
  end();
  t.equal(await readAll(), 'waits.');
});

t.test('more than a page of stored messages comes whole, and in order', async (t) => {
  const { chat, session, readAll } = await arrived(t);
  const texts = Array.from({ length: 1200 }, (_, n) => `${n},`);
  await chat.store.storeMessages(texts.map((message) => ({ userid: ID, message })));
  session.markUnread('yes');
  catchUp(chat, session);
  t.equal(await readAll(), texts.join(''));
  t.equal(session.state, 'live');
});

t.test('a slow consumer: what waits is stored, and comes as it reads, once and in order', async (t) => {
  const { chat, session, client, readAll } = await arrived(t);
  catchUp(chat, session);
  const texts = Array.from({ length: 40 }, (_, n) => `${n}${'x'.repeat(20_000)}`);
  session.send(Buffer.from(texts[0] ?? ''));
  await turn();
  session.setSlow(true);
  session.fallBehind();
  for (const text of texts.slice(1)) chat.delivery.deliver(ID, Buffer.from(text), account);
  while ((await chat.store.storedMessages(ID)).length < texts.length) await turn();
  t.same(client.writes, []);
  t.equal(await readAll(), texts.join(''));
  t.equal(session.state, 'live');
  t.same(await chat.store.storedMessages(ID), []);
});

t.test('what may be stored keeps nobody waiting for a database that is away', async (t) => {
  const { chat, session } = await arrived(t, {
    before: () => ({ storedMessages: () => Promise.reject(new StoreUnavailable('away')) }),
  });
  session.markUnread('perhaps');
  catchUp(chat, session);
  await session.catchingUp;
  t.equal(session.state, 'live');
});

t.test('who leaves ends its catching up, also while the database is away', async (t) => {
  const { chat, session } = await arrived(t, {
    before: () => ({ storedMessages: () => Promise.reject(new StoreUnavailable('away')) }),
  });
  session.markUnread('yes');
  catchUp(chat, session);
  await turn();
  t.equal(session.state, 'catchingUp');
  session.logOut();
  await session.catchingUp;
});

t.test('an error that nobody expects ends no catching up', async (t) => {
  const { chat, session, readAll } = await arrived(t);
  const told: string[] = [];
  t.teardown(onUnexpected((_error, where) => told.push(where)));
  chat.delivery.put(ID, kept('waits.'));
  const { delivery } = chat;
  const sendWaiting = delivery.sendWaiting.bind(delivery);
  delivery.sendWaiting = () => {
    delivery.sendWaiting = sendWaiting;
    throw new TypeError('nobody thought of this');
  };
  catchUp(chat, session);
  await session.catchingUp;
  t.equal(session.state, 'live');
  t.equal(await readAll(), 'waits.');
  t.same(told, ['the catching up of a user']);
});
