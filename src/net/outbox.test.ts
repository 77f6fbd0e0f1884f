import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Account, Budget } from './budget.js';
import { Outbox, type SendListener } from './outbox.js';

const never = () => {
  throw new Error('not expected');
};

/** Keeps every write apart, and takes it at once or when told to. */
class Sink extends Writable {
  readonly writes: string[] = [];
  private taken: (() => void) | undefined;
  private readonly slow: boolean;

  constructor(slow = false) {
    super();
    this.slow = slow;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString());
    if (this.slow) this.taken = done;
    else done();
  }

  take(): void {
    this.taken?.();
  }
}

function outbox(stream: Writable, limits = {}, overflow: () => void = never, idle = () => {}, slow = never) {
  const bounds = { pace: 0, maxWaiting: 10_000, behind: 10_000, ...limits };
  const budget = new Budget(1e9);
  const events = { slow, overflow, idle, failed: never, account: new Account(budget) };
  return new Outbox(stream, bounds, budget, events);
}

/** Writes down what becomes of a message. */
function told(by: string[], name: string): SendListener {
  return {
    userid: 1,
    sent: () => by.push(`${name} left`),
    unsent: (bytes) => by.push(`${name} unsent: ${bytes}`),
  };
}

t.test('one write for all messages of one turn of the event loop', async (t) => {
  const sink = new Sink();
  const box = outbox(sink);
  for (const text of ['a', 'b', 'c']) box.send(Buffer.from(text));
  t.same(sink.writes, []);
  await turn();
  t.same(sink.writes, ['abc']);
});

t.test('what has no bytes is not written, and has left', async (t) => {
  const by: string[] = [];
  let idle = 0;
  const sink = new Sink(true);
  const box = outbox(sink, {}, never, () => idle++);
  box.send(Buffer.alloc(0), told(by, 'mark'));
  await turn();
  t.same([sink.writes, by, idle], [[], ['mark left'], 1]);
  box.send(Buffer.from('a'), told(by, 'a'));
  box.send(Buffer.alloc(0), told(by, 'mark'));
  await turn();
  t.same([sink.writes, by], [['a'], ['mark left']], 'behind a message it leaves with it');
});

t.test('no further write until the network has taken the last one', async (t) => {
  const sink = new Sink(true);
  const box = outbox(sink);
  box.send(Buffer.from('a'));
  await turn();
  box.send(Buffer.from('b'));
  box.send(Buffer.from('c'));
  await turn();
  t.same(sink.writes, ['a']);
  t.notOk(box.idle);
  sink.take();
  await turn();
  t.same(sink.writes, ['a', 'bc']);
});

t.test('tells when a message has left, and when all have', async (t) => {
  const sink = new Sink(true);
  const said: string[] = [];
  const box = outbox(sink, {}, never, () => said.push('idle'));
  box.send(Buffer.from('a'), told(said, 'a'));
  await turn();
  t.same(said, []);
  sink.take();
  await turn();
  t.same(said, ['a left', 'idle']);
});

t.test('what has not left when the connection ends is told so, in order', async (t) => {
  const sink = new Sink(true);
  const said: string[] = [];
  const box = outbox(sink);
  box.send(Buffer.from('a'), told(said, 'a'));
  await turn();
  box.send(Buffer.from('b'), told(said, 'b'));
  box.send(Buffer.from('c'));
  box.end();
  t.same(said, ['a unsent: a', 'b unsent: b']);
  t.notOk(box.send(Buffer.from('d')), 'nothing is taken any more');
});

t.test('others may be told instead', async (t) => {
  const sink = new Sink(true);
  const said: string[] = [];
  const box = outbox(sink);
  box.send(Buffer.from('a'), told(said, 'a'));
  await turn();
  box.send(Buffer.from('b'), told(said, 'b'));
  box.replaceListeners((bytes) => told(said, `other ${bytes}`));
  box.end();
  t.same(said, ['other a unsent: a', 'other b unsent: b']);
});

t.test('each message tells its own listener, also where several share one', async (t) => {
  const sink = new Sink(true);
  const said: string[] = [];
  const box = outbox(sink);
  const shared = told(said, 'shared');
  const other = { ...told(said, 'other'), userid: 2 };
  box.send(Buffer.from('a'), shared);
  box.send(Buffer.from('b'), shared);
  await turn();
  box.send(Buffer.from('c'), shared);
  box.send(Buffer.from('d'), shared);
  box.send(Buffer.from('e'), other);
  box.send(Buffer.from('f'));
  box.send(Buffer.from('g'), shared);
  box.takeBack(2)?.tellUnsent();
  t.same(said, ['other unsent: e']);
  sink.take();
  await turn();
  t.same(said.splice(0), ['other unsent: e', 'shared left', 'shared left']);
  t.same(sink.writes, ['ab', 'cdfg']);
  box.end();
  t.same(said, ['shared unsent: c', 'shared unsent: d', 'shared unsent: g']);
});

t.test('a reader that is too slow is noticed, first as slow', async (t) => {
  const sink = new Sink(true);
  let overflows = 0;
  let slow = 0;
  const count = () => slow++;
  const box = outbox(
    sink,
    { maxWaiting: 600, behind: 300 },
    () => overflows++,
    () => {},
    count as never,
  );
  box.send(Buffer.alloc(6));
  await turn();
  t.equal(slow, 0);
  box.send(Buffer.alloc(100));
  t.equal(slow, 1);
  t.equal(overflows, 0);
  box.send(Buffer.alloc(100));
  t.equal(overflows, 1);
});

t.test('with a pace: one message per write, the first at once', async (t) => {
  const sink = new Sink();
  // It stands still until the first write is seen, however long a busy machine takes for that.
  let clock = () => 0;
  const gone = new Promise<void>((resolve) => {
    const box = outbox(sink, { pace: 5, now: () => clock() }, never, resolve);
    for (const text of ['a', 'b', 'c']) box.send(Buffer.from(text));
  });
  await turn();
  t.same(sink.writes, ['a']);
  clock = () => performance.now();
  await gone;
  t.same(sink.writes, ['a', 'b', 'c']);
});

t.test('with a pace: a long queue is done within a second', async (t) => {
  const stream = new PassThrough();
  const begin = performance.now();
  await new Promise<void>((resolve) => {
    const box = outbox(stream.resume(), { pace: 20, maxWaiting: 1e7, behind: 1e7 }, never, resolve);
    for (let n = 0; n < 3000; n++) box.send(Buffer.from('x'));
  });
  const took = performance.now() - begin;
  t.ok(took > 500, 'it is paced');
  t.ok(took < 20_000, `${took} ms, which would be 60,000 at the full gap`);
});
