import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Bus } from '../bus/bus.js';
import { InProcessHub } from '../bus/in-process.js';
import { Message } from '../bus/message.js';
import { Account, Budget } from '../net/budget.js';
import { Metrics } from '../ops/metrics.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { openMessageFile } from '../store/embedded/message-file.js';
import type { MessageFile } from '../store/message-file.js';
import { StoreUnavailable } from '../store/store.js';
import { Presence } from './presence.js';
import { Queue } from './queue.js';
import { Spool } from './spool.js';
import { Writer } from './writer.js';

const account = new Account(new Budget(1 << 30));

function kept(text: string, users = 1): Message {
  return Message.kept(Buffer.from(text), account, users);
}

const store = openEmbedded(':memory:');
t.teardown(() => store.close());

/** The queue of a user who is being logged in: what is put in waits. */
function aQueue(userid: number, spool: Spool): Queue {
  const presence = new Presence(account);
  presence.arrive(userid);
  const parts = {
    presence,
    bus: new Bus(new InProcessHub().medium()),
    writer: new Writer(store, 1),
    outcomes: new Metrics().outcomes,
    spool,
  };
  return new Queue(userid, parts, new Map());
}

function place(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'spool-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 'spool');
}

/** A file that counts what is written, and can be made to fail. */
function counted(file: MessageFile) {
  const seen = { writes: 0, isFull: false };
  const change: MessageFile['change'] = (added, removed) => {
    if (seen.isFull) throw new StoreUnavailable('the disk is full');
    seen.writes++;
    file.change(added, removed);
  };
  return { seen, file: Object.assign(Object.create(file) as MessageFile, { change }) };
}

function texts(file: MessageFile): string[] {
  return file.after(0, -1).map(({ userid, bytes }) => `${userid} ${bytes}`);
}

function opened(t: Test) {
  const path = place(t);
  const { seen, file } = counted(openMessageFile(path));
  const failures: boolean[] = [];
  const spool = new Spool(file, (reason) => failures.push(reason !== undefined));
  return { path, seen, file, spool, failures };
}

t.test('while the store is there nothing is written', async (t) => {
  const { spool, seen } = opened(t);
  const queue = aQueue(1, spool);
  for (let n = 0; n < 10; n++) queue.put(kept(`${n}`), false);
  await turn();
  for (const message of queue.takeFirst(Number.POSITIVE_INFINITY)) message.settle(1);
  await turn();
  t.equal(seen.writes, 0);
});

t.test(
  'what waits when the store goes away and what comes then is in the file, a write for each turn',
  async (t) => {
    const { spool, file, seen } = opened(t);
    const queue = aQueue(1, spool);
    queue.put(kept('before'), false);
    spool.begin([[1, queue.messages[0] ?? kept('')]]);
    queue.put(kept('after'), false);
    queue.put(kept('later'), false);
    await turn();
    t.same(texts(file), ['1 before', '1 after', '1 later']);
    t.equal(seen.writes, 1);
    for (const message of queue.takeFirst(Number.POSITIVE_INFINITY)) message.settle(1);
    await turn();
    t.same(texts(file), []);
    t.equal(seen.writes, 2);
    queue.put(kept('gone in the same turn'), false);
    for (const message of queue.takeFirst(Number.POSITIVE_INFINITY)) message.settle(1);
    await turn();
    t.equal(seen.writes, 2);
  },
);

t.test('a message to several users stays in the file for those who have not got it', async (t) => {
  const { spool, file } = opened(t);
  spool.begin([]);
  const message = kept('all', 2);
  aQueue(1, spool).put(message, false);
  aQueue(2, spool).put(message, false);
  await turn();
  message.settle(1);
  await turn();
  t.same(texts(file), ['2 all']);
});

t.test('a file that cannot be written is told of once, and tried again', async (t) => {
  const { spool, file, seen, failures } = opened(t);
  spool.begin([]);
  seen.isFull = true;
  const queue = aQueue(1, spool);
  queue.put(kept('a'), false);
  await turn();
  queue.put(kept('b'), false);
  await turn();
  t.same(failures, [true]);
  t.same(texts(file), []);
  seen.isFull = false;
  while (failures.length < 2) await turn();
  t.same(texts(file), ['1 a', '1 b']);
});

t.test('a message that is copied again is in the file at every moment', async (t) => {
  const { spool, file, seen } = opened(t);
  const { change } = file;
  const copied = Array.from({ length: 1000 }, (_, n) => `copied ${n}`);
  const lost = new Set<string>();
  file.change = (added, removed) => {
    change(added, removed);
    const there = new Set(texts(file));
    for (const text of copied) if (!there.has(`1 ${text}`)) lost.add(text);
  };
  const queue = aQueue(1, spool);
  spool.begin([]);
  for (const text of copied) queue.put(kept(text), false);
  while (file.count < copied.length) await turn();
  const large = Array.from({ length: 16 }, (_, n) => `${n}${'x'.repeat(500_000)}`);
  queue.putBefore(large.map((text) => kept(text)));
  while (file.count < copied.length + large.length) await turn();
  // While that cannot be written, some come back once more, and one is done.
  const before = seen.writes;
  seen.isFull = true;
  queue.putBefore([kept('first')]);
  await turn();
  queue.putBefore([kept('really first')]);
  await turn();
  t.equal(seen.writes, before);
  t.same([...lost], []);
  seen.isFull = false;
  t.equal(spool.close([]), 0);
  t.same([...lost], []);
});

t.test('what is in the file under an older number at the end is not counted as unwritten', async (t) => {
  const { path, spool, file, seen } = opened(t);
  const queue = aQueue(1, spool);
  spool.begin([]);
  const [done, copied] = [kept('done'), kept('copied')];
  queue.put(done, false);
  queue.put(copied, false);
  await turn();
  seen.isFull = true;
  for (const text of ['second', 'first']) {
    queue.putBefore([kept(text)]);
    await turn();
  }
  done.settle(1);
  t.same(texts(file), ['1 done', '1 copied']);
  t.equal(spool.close([]), 2, 'of those that came back there is no copy');
  t.same(texts(openMessageFile(path)), ['1 done', '1 copied']);
});

t.test('what could not be written at the end is counted', (t) => {
  const { spool, seen } = opened(t);
  seen.isFull = true;
  t.equal(
    spool.close([
      [1, kept('a')],
      [2, kept('b')],
    ]),
    2,
  );
  t.end();
});

t.test('what is left is taken over, and is in the file until it is done', async (t) => {
  const { path, spool } = opened(t);
  const many = Array.from({ length: 2500 }, (_, n) => `${n}`);
  t.equal(spool.close(many.map((text) => [1, kept(text)] as const)), 0);
  const file = openMessageFile(path);
  const next = new Spool(file, () => {});
  const messages: Message[] = [];
  for (const page of next.left()) {
    for (const filed of page) {
      const message = kept(filed.bytes.toString());
      next.adopt(message, filed);
      messages.push(message);
    }
  }
  t.same(
    messages.map(({ bytes }) => bytes.toString()),
    many,
  );
  for (const message of messages.slice(0, 2499)) message.settle(1);
  while (file.count > 1) await turn();
  t.same(texts(file), ['1 2499']);
  next.close([]);
});

/** What can happen to a queue: a message comes, some come back, the first is done; the store goes away or is there. */
const aStep = fc.constantFrom('push', 'back', 'done', 'away', 'there');

t.test('whatever happens, the file has the order of the queue', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { maxLength: 30 }), async (steps) => {
      const { file, spool } = opened(t);
      const queue = aQueue(1, spool);
      let n = 0;
      const work: Record<(typeof steps)[number], () => void> = {
        push: () => queue.put(kept(`${n++}`), false),
        back: () => queue.putBefore([kept(`${n++}`), kept(`${n++}`)]),
        done: () => queue.takeFirst(1)[0]?.settle(1),
        away: () => spool.begin(queue.messages.map((message) => [1, message] as const)),
        there: () => spool.end(),
      };
      for (const step of steps) {
        work[step]();
        if (step === 'away') await turn();
      }
      work.there();
      work.away();
      await turn();
      const waiting = queue.messages.map(({ bytes }) => `1 ${bytes}`);
      if (waiting.join() !== texts(file).join()) throw new Error(`${waiting} and ${texts(file)}`);
      spool.close([]);
    }),
    { numRuns: 60 },
  );
});
