import t from 'tap';
import { Account, Budget } from '../../net/budget.js';
import { Signal } from '../../net/signal.js';
import { type NumberedMessage, StoreUnavailable } from '../../store/store.js';
import { SeqLog } from './seq-log.js';

const message = (userid: number, seq: number, state: NumberedMessage['state'] = 'here'): NumberedMessage => ({
  ...{ userid, seq, state, node: '', toid: 2, groupid: 0, sent: 0 },
});

/** A table that can be away, or take its time. */
function table() {
  const rows: string[] = [];
  const calls: number[] = [];
  const called = new Signal();
  const store = {
    isAway: false,
    gate: Promise.resolve(),
    async keepSeqs(messages: readonly NumberedMessage[]) {
      calls.push(messages.length);
      called.tell();
      await store.gate;
      if (store.isAway) throw new StoreUnavailable('it is away');
      rows.push(...messages.map(({ userid, seq, state }) => `${userid} ${seq} ${state}`));
    },
  };
  return { store, rows, calls, called };
}

t.test('what comes in one turn goes together, and is on the account until it is written', async (t) => {
  const { store, rows, calls } = table();
  const account = new Account(new Budget(1e6));
  const log = new SeqLog(store, 0);
  for (const userid of [1, 2]) for (const seq of [1, 2]) log.note(message(userid, seq), account);
  log.note(message(1, 1, 'stored'), account);
  t.ok(account.bytes > 0);
  await log.flush(1);
  t.equal(account.bytes, 0);
  t.same(calls, [4]);
  t.same(rows, ['1 1 stored', '1 2 here', '2 1 here', '2 2 here']);
});

t.test('what is noted while it is written is written anew', async (t) => {
  const { store, rows, called } = table();
  const account = new Account(new Budget(1e6));
  let open = () => {};
  store.gate = new Promise((resolve) => {
    open = resolve;
  });
  const log = new SeqLog(store, 0);
  const began = called.next();
  log.note(message(1, 1, 'open'), account);
  await began;
  log.note(message(1, 1, 'stored'), account);
  const flushed = log.flush(1);
  open();
  await flushed;
  t.same(rows, ['1 1 open', '1 1 stored']);
  t.equal(account.bytes, 0);
});

t.test('while the database is away all stays, and is written when it is back', async (t) => {
  const { store, rows } = table();
  const account = new Account(new Budget(1e6));
  const log = new SeqLog(store, 0);
  store.isAway = true;
  log.note(message(1, 1), account);
  await t.rejects(log.flush(1), { message: 'it is away' });
  t.ok(account.bytes > 0);
  await log.flush(2);
  store.isAway = false;
  await log.flush(1);
  t.same(rows, ['1 1 here']);
  store.isAway = true;
  log.note(message(1, 2), account);
  await log.close();
  store.isAway = false;
  await log.close();
  t.same(rows, ['1 1 here', '1 2 here'], 'at the end it is tried once more');
});
