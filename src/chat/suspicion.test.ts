import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Presence } from '../delivery/presence.js';
import { Writer } from '../delivery/writer.js';
import { Account, Budget } from '../net/budget.js';
import { onUnexpected } from '../net/guard.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { StoreUnavailable } from '../store/store.js';
import { Suspicion } from './suspicion.js';

t.setTimeout(600_000);

t.test('the look for stored messages goes on until the store answers, whatever it throws', async (t) => {
  const told: unknown[] = [];
  t.teardown(onUnexpected((error, where) => told.push(where, error)));
  const unknown = new TypeError('an error that nobody knows');
  const failures = [unknown, new StoreUnavailable('away'), unknown];
  const embedded = openEmbedded(':memory:');
  t.teardown(() => embedded.close());
  const store = {
    ...embedded,
    storedMessages: async (userid: number, most?: number) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return embedded.storedMessages(userid, most);
    },
  };
  const presence = new Presence(new Account(new Budget(1_000_000)));
  const sessions = [presence.arrive(1), presence.arrive(2)];
  const stopping = new AbortController();
  const suspicion = new Suspicion({
    store,
    writer: new Writer(store, 1000),
    presence,
    stopping: stopping.signal,
  });
  suspicion.postpone(1);
  suspicion.raise(2);
  t.ok(
    sessions.every(({ unread }) => unread === 'no'),
    'nobody can know yet',
  );
  while (sessions.some(({ unread }) => unread === 'no')) await delay(10);
  t.same(failures, [], 'it looked until there was an answer');
  t.same(
    sessions.map(({ unread }) => unread),
    ['perhaps', 'perhaps'],
  );
  t.same(told, ['a look for stored messages', unknown, 'a look for stored messages', unknown]);
  stopping.abort();
});
