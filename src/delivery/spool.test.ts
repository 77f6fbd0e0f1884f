import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import Database from 'libsql';
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

t.setTimeout(600_000);

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
  for (let n = 0; n < 10; n++) queue.put(kept(`${n}`), undefined, false);
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
    queue.put(kept('before'), undefined, false);
    spool.begin([[1, queue.messages[0] ?? kept('')]]);
    queue.put(kept('after'), undefined, false);
    queue.put(kept('later'), undefined, false);
    await turn();
    t.same(texts(file), ['1 before', '1 after', '1 later']);
    t.equal(seen.writes, 1);
    for (const message of queue.takeFirst(Number.POSITIVE_INFINITY)) message.settle(1);
    await turn();
    t.same(texts(file), []);
    t.equal(seen.writes, 2);
    queue.put(kept('gone in the same turn'), undefined, false);
    for (const message of queue.takeFirst(Number.POSITIVE_INFINITY)) message.settle(1);
    await turn();
    t.equal(seen.writes, 2);
  },
);

t.test('a message to several users stays in the file for those who have not got it', async (t) => {
  const { spool, file } = opened(t);
  spool.begin([]);
  const message = kept('all', 2);
  aQueue(1, spool).put(message, undefined, false);
  aQueue(2, spool).put(message, undefined, false);
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
  queue.put(kept('a'), undefined, false);
  await turn();
  queue.put(kept('b'), undefined, false);
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
  for (const text of copied) queue.put(kept(text), undefined, false);
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
  queue.put(done, undefined, false);
  queue.put(copied, undefined, false);
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

/** Opens a file and reads all of it; what is said where that cannot be. */
function readAll(path: string): string[] | Error {
  let file: MessageFile;
  try {
    file = openMessageFile(path);
  } catch (error) {
    return error as Error;
  }
  const found = [...new Spool(file, () => {}).left()].flat().map(({ bytes }) => bytes.toString('latin1'));
  file.close();
  return found;
}

t.test(
  'a damaged file is refused in one line and stays as it is, or every message in it is read',
  async (t) => {
    const { path, spool } = opened(t);
    const texts = Array.from({ length: 300 }, (_, n) => `${n}${'x'.repeat((n % 50) * 40)}`);
    spool.close(texts.map((text, n) => [n % 7, kept(text)] as const));
    const whole = readFileSync(path);
    const damages = [
      ...Array.from({ length: 45 }, (_, n) => {
        const bytes = Buffer.from(whole);
        const at = n % 3 === 0 ? 2 * n : Math.floor((n * whole.length) / 45);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (n % 8));
        return bytes;
      }),
      ...Array.from({ length: 60 }, (_, n) =>
        whole.subarray(0, 512 + Math.floor((n * (whole.length - 512)) / 60)),
      ),
      ...Array.from({ length: 60 }, (_, n) => {
        const at = Math.floor((n * (whole.length - 600)) / 60);
        return Buffer.concat([whole.subarray(0, at), Buffer.alloc(512), whole.subarray(at + 512)]);
      }),
    ];
    let refused = 0;
    for (const [n, bytes] of damages.entries()) {
      const place = `${path}-${n}`;
      writeFileSync(place, bytes);
      const found = readAll(place);
      if (found instanceof Error) {
        refused++;
        if (!found.message.startsWith(`${place} cannot be used: `) || found.message.includes('\n'))
          t.fail(`${n}: ${found.message}`);
        if (!readFileSync(place).equals(bytes)) t.fail(`${n}: it was changed`);
      } else if (found.length !== texts.length) t.fail(`${n}: ${found.length} of ${texts.length}`);
    }
    t.ok(refused > 20 && refused < damages.length, `${refused} of ${damages.length} were refused`);
  },
);

t.test('a row that is no message of ours is told of, not delivered and not thrown away', async (t) => {
  for (const row of [
    "'one', 1, x'7b7d'",
    "0, 1, x'7b7d'",
    "9223372036854775807, 1, x'7b7d'",
    "1, 'me', x'7b7d'",
    "1, 4294967296, x'7b7d'",
    "1, 1, '{}'",
    '1, 1, 5',
  ]) {
    const path = place(t);
    openMessageFile(path).close();
    const db = new Database(path);
    db.exec('DROP TABLE message; CREATE TABLE message (number, userid, bytes)');
    db.exec(`INSERT INTO message VALUES (${row})`);
    db.close();
    t.match(readAll(path), {
      message: `${path} cannot be used: it is damaged: 1 of its rows are no messages (.recover of sqlite3 shows what is whole in it)`,
    });
  }
});

t.test('long messages are read a few at a time, short ones many', async (t) => {
  const { path, spool } = opened(t);
  const long = 'x'.repeat(300_000);
  spool.close(Array.from({ length: 20 }, () => [1, kept(long)] as const));
  const file = openMessageFile(path);
  t.same(
    [...new Spool(file, () => {}).left()].map((page) => page.length).filter((length) => length > 0),
    [3, 3, 3, 3, 3, 3, 2],
  );
  file.close();
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

/** The events of a queue: a message comes, some come back, the first is done; the store goes away or is there. */
const aStep = fc.constantFrom('push', 'back', 'done', 'away', 'there');

t.test('whatever happens, the file has the order of the queue', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { maxLength: 30 }), async (steps) => {
      const { file, spool } = opened(t);
      const queue = aQueue(1, spool);
      let n = 0;
      const work: Record<(typeof steps)[number], () => void> = {
        push: () => queue.put(kept(`${n++}`), undefined, false),
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
