import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openRoom, type RoomOptions } from '../../compat-tests/harness/room.js';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { compile } from '../dialect/compile.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { Message } from '../protocol/message.js';
import { StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { dispatch } from './dispatch.js';

const ID = 1;

async function roomWithUser(t: Test, options?: RoomOptions): Promise<Chat> {
  const chat = await openRoom(t, options);
  await chat.store.register('somebody', 'pw');
  return chat;
}

/** A client logs in. Resolves with its reply. */
async function logsIn(
  chat: Chat,
  password = 'pw',
  client = new UnreadClient(),
  whom: object = { id: ID },
): Promise<Reply> {
  const bytes = Buffer.from(JSON.stringify({ msgid: 1, ...whom, password }));
  const scanner = new ScannerPool([]).take();
  const { connection } = client;
  let isHandled = false;
  const handled = dispatch(chat, connection, new Message(bytes, scanner, chat.dialect.fields));
  void Promise.resolve(handled).then(() => {
    isHandled = true;
  });
  const before = client.writes.length;
  while (!isHandled || client.writes.length === before) {
    await turn();
    client.takeWrite();
  }
  return JSON.parse(client.writes[before] ?? '') as Reply;
}

interface Reply {
  readonly errno: number;
  readonly name?: string;
  readonly offlinemsg?: readonly string[];
}

t.test('the right password: the user is live, and online', async (t) => {
  const chat = await roomWithUser(t);
  t.match(await logsIn(chat), { errno: 0, name: 'somebody' });
  t.equal(chat.presence.get(ID)?.state, 'live');
  t.equal((await chat.store.user(ID))?.state, 'online');
});

t.test('stored messages are in the reply, and deleted before it is handled', async (t) => {
  const chat = await roomWithUser(t);
  const message = JSON.stringify({ msg: 'stored' });
  await chat.store.storeMessages([{ userid: ID, message }]);
  t.same((await logsIn(chat)).offlinemsg, [message]);
  t.same(await chat.store.storedMessages(ID), []);
});

t.test(
  'a wrong password, and no such account, are the same; nobody is here, and the account stays free',
  async (t) => {
    const chat = await roomWithUser(t);
    const wrong = await logsIn(chat, 'wrong');
    t.not(wrong.errno, 0);
    t.equal(chat.presence.get(ID), undefined);
    t.equal(await chat.bus.subscribers(ID), 0);
    t.equal((await logsIn(chat)).errno, 0);
    const empty = await openRoom(t);
    t.same(await logsIn(empty), wrong);
  },
);

t.test('an account that is in use, or banned, is in use', async (t) => {
  const chat = await roomWithUser(t);
  chat.bans.add({ userid: ID, seconds: 60 });
  const banned = await logsIn(chat);
  t.equal(chat.presence.get(ID), undefined);
  const other = await roomWithUser(t);
  await logsIn(other);
  t.same(await logsIn(other), banned);
});

t.test(
  'the database goes away while the user arrives: the login is refused, and the account free again',
  async (t) => {
    const site = { isAway: true };
    const chat = await roomWithUser(t, {
      before: (store) => ({
        friends: async (id) => {
          if (site.isAway) throw new StoreUnavailable('away');
          return store.friends(id);
        },
      }),
    });
    t.not((await logsIn(chat)).errno, 0);
    t.equal(chat.presence.get(ID), undefined);
    t.equal(await chat.bus.subscribers(ID), 0);
    t.equal((await chat.store.user(ID))?.state, 'offline');
    site.isAway = false;
    t.equal((await logsIn(chat)).errno, 0);
  },
);

t.test('two clients log in at once: one is let in', async (t) => {
  const chat = await roomWithUser(t);
  const replies = await Promise.all([logsIn(chat), logsIn(chat)]);
  t.equal(replies.filter(({ errno }) => errno === 0).length, 1);
});

t.test('guesses by name count for the account, however its name is spelled', async (t) => {
  const dialect = compile('by name', { verbs: { login: { by: 'name' } } });
  const chat = await roomWithUser(t, { dialect, loginFailures: 3 });
  for (const name of ['somebody', 'Somebody', 'SOMEbody'])
    t.match(await logsIn(chat, 'wrong', undefined, { name }), { errno: 1 }, name);
  const attempt = chat.attempts.begin(new UnreadClient().connection, ID);
  t.ok(attempt.wait > 0, 'the next one is held back');
  attempt.end();
});
