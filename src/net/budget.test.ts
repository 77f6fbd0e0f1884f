import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { Account, Budget } from './budget.js';

const LIMIT = 10_000_000;
/** Each may have at most this much kept whatever the others do, in bytes. */
const FLOOR = 65_536;

t.test('who has more kept than its share waits until there is room', async (t) => {
  const budget = new Budget(LIMIT);
  const one = new Account(budget);
  one.add(LIMIT / 4);
  let isFree = false;
  const room = one.backpressure()?.then(() => {
    isFree = true;
  });
  t.equal(budget.braked, 1);
  one.add(-1);
  await turn();
  t.notOk(isFree, 'what is free for all has hardly changed');
  one.add(-LIMIT / 8);
  await room;
  t.ok(isFree);
  t.equal(budget.braked, 0);
});

t.test('one who has much kept leaves room for the next', async (t) => {
  const budget = new Budget(LIMIT);
  const [one, other] = [new Account(budget), new Account(budget)];
  while (one.backpressure() === undefined) one.add(1000);
  other.add(1_000_000);
  t.equal(other.backpressure(), undefined);
  budget.add(LIMIT);
  other.add(FLOOR - other.bytes);
  t.equal(other.backpressure(), undefined, 'a little is always allowed');
  other.add(1);
  t.not(other.backpressure(), undefined);
});

/** Clients who write while they may: in the end all is given back. */
const clients = fc.array(fc.array(fc.nat({ max: 400_000 }), { maxLength: 20 }), { maxLength: 12 });

t.test('however many write, the limit holds, and all are released in the end', async () => {
  await fc.assert(
    fc.asyncProperty(clients, fc.scheduler(), async (clients, scheduler) => {
      const budget = new Budget(LIMIT);
      let most = 0;
      const write = async (sizes: readonly number[]) => {
        const account = new Account(budget);
        for (const size of sizes) {
          account.add(size);
          most = Math.max(most, budget.used);
          const given = scheduler
            .schedule(Promise.resolve(), 'a message has arrived')
            .then(() => account.add(-size));
          await account.backpressure();
          void given;
        }
      };
      const all = Promise.all(clients.map(write));
      await scheduler.waitFor(all);
      await scheduler.waitIdle();
      assert.equal(budget.used, 0);
      assert.equal(budget.braked, 0);
      // Each has one message more than it may, and its floor.
      assert.ok(most <= LIMIT + clients.length * (FLOOR + 400_000), `${most} bytes`);
    }),
  );
});

t.test('3,000 clients with a little each stay within the limit', async (t) => {
  const budget = new Budget(LIMIT);
  const accounts = Array.from({ length: 3000 }, () => new Account(budget));
  for (let round = 0; round < 60; round++)
    for (const account of accounts) if (account.backpressure() === undefined) account.add(1000);
  t.equal(budget.braked, accounts.length, 'all of them are braked');
  // Each has one message more than it may.
  t.ok(budget.used <= LIMIT + accounts.length * 1000, `${budget.used} bytes`);
  t.ok(budget.used > LIMIT / 2, 'and they may have most of it');
});

t.test('nobody waits for its own input to be handled: it would wait for ever', async (t) => {
  const budget = new Budget(1 << 20);
  const account = new Account(budget);
  account.input = 400_000;
  account.add(400_000);
  t.equal(account.backpressure(), undefined);
  account.add(500_000);
  const room = account.backpressure();
  t.ok(room);
  account.add(-500_000);
  await room;
});

t.test('a client is calm when none of its messages is being worked on', async (t) => {
  const account = new Account(new Budget(LIMIT));
  t.equal(account.quiet(), undefined);
  let [first, second] = [() => {}, () => {}];
  account.busyUntil(new Promise<void>((resolve) => (first = resolve)));
  account.busyUntil(new Promise<void>((resolve) => (second = resolve)));
  let isCalm = false;
  const settled = account.quiet()?.then(() => {
    isCalm = true;
  });
  first();
  await turn();
  t.notOk(isCalm);
  second();
  await settled;
  t.ok(isCalm);
  t.equal(account.quiet(), undefined);
});
